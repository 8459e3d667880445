"""What the room `audio` raises when it is called wrongly.

```
ValueError
└── AudioError          everything below, for one `except`
    ├── ShapeError      arrays whose shapes do not fit a function or each other
    └── SettingError    a setting out of its range: a rate, a window, a name
```

Every text says what was wanted, what came and what to do.
"""

__all__ = ["AudioError", "SettingError", "ShapeError"]


class AudioError(ValueError):
    """A call of the room `audio` that cannot be carried out."""


class ShapeError(AudioError):
    """Arrays whose shapes do not fit a function or each other."""


class SettingError(AudioError):
    """A setting out of its range."""
