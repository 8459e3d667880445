"""A deep-learning practicum that runs on a laptop."""

__version__ = "0.1.0"
__all__ = ["__version__"]
