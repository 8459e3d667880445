"""Data sets of labelled pictures by name.

| name | pictures | where it comes from |
|---|---|---|
| `digits` | 1,797 grey, 8×8 | scikit-learn: always here |
| `patches` | 600 grey, 64×64 | pieces of scikit-image's photographs: always here |
| `fashion-mnist` | 70,000 grey, 28×28 | package `dataset-fashion-mnist` of Debian, or a download |
| `mnist` | 70,000 grey, 28×28 | a download |
| `cifar10` | 60,000 colour, 32×32 | a download |

Downloads go to FOLDER/NAME, are checked and are made only when asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .cifar import open_cifar10
from .digits import digits
from .errors import DataError
from .labelled_images import ImageSplits
from .mnist import FASHION_MNIST, MNIST, open_idx
from .patches import patches

__all__ = ["DATA_FOLDER", "IMAGE_DATASETS", "open_images"]

DATA_FOLDER = Path("var/data")
"""Where downloads go unless said otherwise, below the current folder."""

IMAGE_DATASETS: dict[str, Callable[[Path, bool], ImageSplits]] = {
    "digits": lambda _folder, _download: digits(),
    "patches": lambda _folder, _download: patches(),
    "fashion-mnist": lambda folder, download: open_idx(FASHION_MNIST, folder, download),
    "mnist": lambda folder, download: open_idx(MNIST, folder, download),
    "cifar10": open_cifar10,
}


def open_images(name: str, folder: Path = DATA_FOLDER, download: bool = False) -> ImageSplits:
    """Return the data set of this name, downloaded into `folder`/`name` if asked and needed.

    Raises DataError for an unknown name, MissingData if the set is not here and may not or cannot
    be downloaded, BrokenFile if a file is not the published one.
    """
    if name not in IMAGE_DATASETS:
        raise DataError(f"no data set '{name}': there are {', '.join(IMAGE_DATASETS)}")
    return IMAGE_DATASETS[name](folder / name, download)
