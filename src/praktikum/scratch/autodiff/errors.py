"""What can go wrong on the tape, as one tree of exceptions.

AutodiffError
├── ShapeError        operands that do not fit together           (also a ValueError)
├── GradientError     a gradient that is not defined as asked     (also a ValueError)
├── FreedGraphError   a second backward through a released graph  (also a RuntimeError)
└── InPlaceError      a value that the tape needs was overwritten (also a RuntimeError)
"""

__all__ = ["AutodiffError", "FreedGraphError", "GradientError", "InPlaceError", "ShapeError"]


class AutodiffError(Exception):
    """The root of this package's exceptions."""


class ShapeError(AutodiffError, ValueError):
    """Shapes that do not broadcast, multiply, reshape or slide over one another."""


class GradientError(AutodiffError, ValueError):
    """A gradient that is not defined as asked: of a non-scalar, of integers, of a constant."""


class FreedGraphError(AutodiffError, RuntimeError):
    """A second pass through a graph whose saved values the first one released."""


class InPlaceError(AutodiffError, RuntimeError):
    """An in-place change that the tape cannot record, or that spoilt a value that it needs."""
