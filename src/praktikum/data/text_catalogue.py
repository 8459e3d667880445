"""Data sets of rated texts by name.

| name | texts | where it comes from |
|---|---|---|
| `snippets` | 10,605 sentences about films | a package's source archive, by pip, at first use |
| `aclimdb` | 50,000 film reviews | a download, made only when asked for |
| `folder` | reviews of your own | the folder itself, laid out as aclimdb is |
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .catalogue import DATA_FOLDER
from .errors import DataError
from .rated_texts import TextSplits
from .reviews import open_reviews, read_reviews
from .snippets import open_snippets

__all__ = ["TEXT_DATASETS", "open_texts"]

TEXT_DATASETS: dict[str, Callable[[Path, bool], TextSplits]] = {
    "snippets": open_snippets,
    "aclimdb": open_reviews,
}

OWN = "folder"


def open_texts(name: str, folder: Path = DATA_FOLDER, download: bool = False) -> TextSplits:
    """Return the data set of this name, downloaded into `folder`/`name` if asked and needed.

    Of the name ``folder`` it is what `read_reviews` finds in `folder`.

    Raises DataError for an unknown name, MissingData if the set is not here and may not or cannot
    be downloaded, BrokenFile if a file is not the published one.
    """
    if name == OWN:
        return read_reviews(folder)
    if name not in TEXT_DATASETS:
        raise DataError(f"no data set '{name}': there are {', '.join(TEXT_DATASETS)}")
    return TEXT_DATASETS[name](folder / name, download)
