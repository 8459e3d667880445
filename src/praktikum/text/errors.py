"""What the room `text` raises when it is called wrongly.

```
ValueError
└── TextError           everything below, for one `except`
    ├── ShapeError      tensors or lists whose sizes do not fit each other
    ├── SettingError    a setting out of its range: a size, a probability, a name
    ├── UnknownToken    a token or a number that a vocabulary does not hold
    └── FormatError     a file or a line that does not follow its format
```

Every text says what was wanted, what came and what to do.
"""

__all__ = ["FormatError", "SettingError", "ShapeError", "TextError", "UnknownToken"]


class TextError(ValueError):
    """A call of the room `text` that cannot be carried out."""


class ShapeError(TextError):
    """Tensors or lists whose sizes do not fit each other."""


class SettingError(TextError):
    """A setting out of its range."""


class UnknownToken(TextError):
    """A token or a number that a vocabulary does not hold."""


class FormatError(TextError):
    """A file or a line that does not follow its format."""
