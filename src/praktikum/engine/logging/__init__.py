"""What a run shows on the terminal and writes to TensorBoard: one listener a module."""
