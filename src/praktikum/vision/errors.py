"""What the room `vision` raises when it is called wrongly.

```
ValueError
└── VisionError         everything below, for one `except`
    ├── ShapeError      tensors or arrays whose shapes do not fit each other
    ├── SettingError    a setting out of its range: a size, a probability, a name
    └── WeightsError    published weights that are not those of the network
```

Every text says what was wanted, what came and what to do.
"""

__all__ = ["SettingError", "ShapeError", "VisionError", "WeightsError"]


class VisionError(ValueError):
    """A call of the room `vision` that cannot be carried out."""


class ShapeError(VisionError):
    """Tensors or arrays whose shapes do not fit each other."""


class SettingError(VisionError):
    """A setting out of its range."""


class WeightsError(VisionError):
    """Published weights that are not those of the network."""
