"""What the room `data` raises when a data set cannot be read.

```
Exception
└── DataError           everything below, for one `except`
    ├── MissingData     not on this machine; the text says what to install or where to get it
    ├── BrokenFile      the bytes are not those that were published: torn, changed or mistaken
    └── FormatError     the bytes do not follow the format
```

Every text says what was wanted, what came and what to do.
"""

__all__ = ["BrokenFile", "DataError", "FormatError", "MissingData"]


class DataError(Exception):
    """A data set that cannot be read."""


class MissingData(DataError):
    """A data set that is not on this machine and was not, or could not be, downloaded."""


class BrokenFile(DataError):
    """A file whose size or checksum is not the published one."""


class FormatError(DataError, ValueError):
    """A file that does not follow its format."""
