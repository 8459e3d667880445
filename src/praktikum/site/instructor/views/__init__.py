"""What the staff sees and does, one module for each page or two."""
