"""What can go wrong on the tape, as one tree of exceptions.

```
ScratchError
└── AutodiffError         everything below, for one `except`
    ├── ShapeError        operands that do not fit together (the room's ShapeError too)
    ├── GradientError     a gradient that is not defined as asked
    ├── FreedGraphError   a second backward through a released graph (a RuntimeError too)
    └── InPlaceError      a value that the tape needs was overwritten (a RuntimeError too)
```
"""

from .. import errors as room

__all__ = ["AutodiffError", "FreedGraphError", "GradientError", "InPlaceError", "ShapeError"]


class AutodiffError(room.ScratchError):
    """A computation, or a gradient of one, that cannot be carried out."""


class ShapeError(AutodiffError, room.ShapeError):
    """Shapes that do not broadcast, multiply, reshape or slide over one another."""


class GradientError(AutodiffError):
    """A gradient that is not defined as asked: of a non-scalar, of integers, of a constant."""


class FreedGraphError(AutodiffError, RuntimeError):
    """A second pass through a graph whose saved values the first one released."""


class InPlaceError(AutodiffError, RuntimeError):
    """An in-place change that the tape cannot record, or that spoilt a value that it needs."""
