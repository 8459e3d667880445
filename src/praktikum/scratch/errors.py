"""What the room `scratch` raises when it is called wrongly.

```
ValueError
└── ScratchError        everything below, for one `except`
    ├── ShapeError      arrays whose shapes do not fit the network or each other
    └── SettingError    a setting out of its range: a rate, a size, a probability, a dtype
```

Every text says what was wanted, what came and what to do.
"""

__all__ = ["ScratchError", "SettingError", "ShapeError"]


class ScratchError(ValueError):
    """A call of the room `scratch` that cannot be carried out."""


class ShapeError(ScratchError):
    """Arrays whose shapes do not fit the network or each other."""


class SettingError(ScratchError):
    """A setting out of its range."""
