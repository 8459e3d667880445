"""MNIST and Fashion-MNIST: 70,000 grey pictures of 28 by 28 pixels, ten classes each.

Sources: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition"
(1998); Xiao, Rasul, Vollgraf, "Fashion-MNIST" (2017), MIT licence. Debian and Ubuntu carry the
second as the package `dataset-fashion-mnist`: with it nothing is downloaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import FormatError, MissingData
from .idx import parse_idx
from .labelled_images import ImageSplits, LabelledImages
from .published_files import PublishedFile, fetch, find, read_checked

__all__ = ["FASHION_MNIST", "MNIST", "IdxDataset", "open_idx"]


@dataclass(frozen=True)
class IdxDataset:
    """A data set of four IDX files.

    Attributes:
        name: what it is called, also its folder's name
        classes: the names of the classes
        files: pictures and labels to train on, pictures and labels to test on
        installed: a folder where a package of the operating system puts the files, if there is one
        advice: what to do when the files are not here
    """

    name: str
    classes: tuple[str, ...]
    files: tuple[PublishedFile, PublishedFile, PublishedFile, PublishedFile]
    installed: Path | None
    advice: str


def open_idx(dataset: IdxDataset, folder: Path, download: bool = False) -> ImageSplits:
    """Return the data set, read from the system's package or from `folder`.

    What is in neither is downloaded into `folder` if `download`; else MissingData is raised.
    Raises BrokenFile for a file that is not the published one.
    """
    places = [place for place in (dataset.installed, folder) if place is not None]
    arrays = []
    for file in dataset.files:
        path = find(file, places)
        if path is None and download:
            path = fetch(file, folder)
        if path is None:
            raise MissingData(
                f"{dataset.name}: {file.name} is not in {' or '.join(map(str, places))}. "
                f"{dataset.advice}, or allow the download (download=true)"
            )
        arrays.append(parse_idx(read_checked(file, path), file.name))
    X_train, y_train, X_test, y_test = arrays
    return ImageSplits(
        _labelled(dataset, X_train, y_train),
        _labelled(dataset, X_test, y_test),
    )


def _labelled(dataset: IdxDataset, images: np.ndarray, labels: np.ndarray) -> LabelledImages:
    if images.ndim != 3 or labels.ndim != 1 or images.dtype != np.uint8:
        raise FormatError(
            f"{dataset.name}: wanted pictures of bytes (n, height, width) and labels (n,), came "
            f"{images.dtype} of shape {images.shape} and shape {labels.shape}"
        )
    return LabelledImages(images[:, None], labels.astype(np.int64), dataset.classes)


def _four(
    mirrors: tuple[str, ...], digests: tuple[str, str, str, str]
) -> tuple[PublishedFile, PublishedFile, PublishedFile, PublishedFile]:
    """The four files of MNIST's layout; digests are in the order of IdxDataset.files."""
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    sizes = (60_000 * 784 + 16, 60_000 + 8, 10_000 * 784 + 16, 10_000 + 8)
    first, second, third, fourth = (
        PublishedFile(
            f"{name}-ubyte.gz",
            size,
            digest,
            tuple(f"{mirror}/{name}-ubyte.gz" for mirror in mirrors),
            gzipped=True,
        )
        for name, size, digest in zip(names, sizes, digests, strict=True)
    )
    return first, second, third, fourth


MNIST = IdxDataset(
    name="mnist",
    classes=tuple("0123456789"),
    files=_four(
        (
            "https://storage.googleapis.com/cvdf-datasets/mnist",
            "https://ossci-datasets.s3.amazonaws.com/mnist",
        ),
        (
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
    installed=None,
    advice="Put its four files there ('digits' is smaller and always here)",
)

FASHION_MNIST = IdxDataset(
    name="fashion-mnist",
    classes=(
        "T-shirt",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ),
    files=_four(
        (
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
        ),
        (
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    ),
    installed=Path("/usr/share/datasets/fashion-mnist"),
    advice="On Debian and Ubuntu: sudo apt install dataset-fashion-mnist",
)
