"""What the room `audio` raises when it is called wrongly.

```
ValueError
└── AudioError          everything below, for one `except`
    ├── ShapeError      arrays whose shapes do not fit a function or each other
    ├── SettingError    a setting out of its range: a rate, a window, a name
    ├── WeightsError    a file of weights that is not what it should be
    └── MissingPackage  an optional package that is not installed
```

Every text says what was wanted, what came and what to do.
"""

__all__ = ["AudioError", "MissingPackage", "SettingError", "ShapeError", "WeightsError"]


class AudioError(ValueError):
    """A call of the room `audio` that cannot be carried out."""


class ShapeError(AudioError):
    """Arrays whose shapes do not fit a function or each other."""


class SettingError(AudioError):
    """A setting out of its range."""


class WeightsError(AudioError):
    """A file of weights that is not what it should be."""


class MissingPackage(AudioError):
    """An optional package that is not installed."""
