"""Jobs become gradings, each exactly once, whatever happens to the workers."""
