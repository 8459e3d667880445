"""The task's own exercise."""


def area(mask):
    """Return the number of pixels of a mask."""
    return int(mask.sum())
