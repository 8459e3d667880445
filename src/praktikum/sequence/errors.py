"""What the room `sequence` raises when it is called wrongly.

```
ValueError
└── SequenceError       everything below, for one `except`
    ├── ShapeError      tensors whose shapes do not fit the layer or each other
    ├── SettingError    a setting out of its range: a size, a probability, a name
    └── WeightsError    a published model that is not there, or is not what was wanted
```

Every text says what was wanted, what came and what to do.
"""

__all__ = ["SequenceError", "SettingError", "ShapeError", "WeightsError"]


class SequenceError(ValueError):
    """A call of the room `sequence` that cannot be carried out."""


class ShapeError(SequenceError):
    """Tensors whose shapes do not fit the layer or each other."""


class SettingError(SequenceError):
    """A setting out of its range."""


class WeightsError(SequenceError):
    """A published model that is not there, or is not what was wanted."""
