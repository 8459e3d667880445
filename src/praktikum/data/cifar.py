"""CIFAR-10: 60,000 colour pictures of 32 by 32 pixels, ten classes.

Published in two archives of the same pictures. The binary one is rows of 3,073 bytes: the class,
then the red, the green and the blue plane. The one "for Python" holds pickles; it is read by
`plain_pickle`, which runs nothing. Members are read from the archive by their exact names and
never written to the disk.

Source: Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from .errors import FormatError, MissingData
from .labelled_images import ImageSplits, LabelledImages
from .plain_pickle import parse_pickle
from .published_files import PublishedFile, fetch, find, read_checked

__all__ = ["CLASSES", "open_cifar10", "parse_binary_batch", "parse_pickled_batch"]

CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
SHAPE = (3, 32, 32)
PIXELS = 3 * 32 * 32
LARGEST_BATCH = 1 << 26  # bytes; a true one has 31 million

BINARY = PublishedFile(
    "cifar-10-binary.tar.gz",
    170_052_171,
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",),
)
PICKLED = PublishedFile(
    "cifar-10-python.tar.gz",
    170_498_071,
    "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    ("https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",),
)

Parse = Callable[[bytes, str], LabelledImages]


def open_cifar10(folder: Path, download: bool = False) -> ImageSplits:
    """Return 50,000 pictures to train on and 10,000 to test on, (3, 32, 32).

    Either archive in `folder` will do; if neither is there, the binary one is downloaded when
    `download`, else MissingData is raised. Raises BrokenFile for an archive that is not the
    published one.
    """
    path = find(BINARY, [folder])
    pickled = find(PICKLED, [folder])
    if path is None and pickled is not None:
        return read_archive(read_checked(PICKLED, pickled), "batches-py", "", parse_pickled_batch)
    if path is None and download:
        path = fetch(BINARY, folder)
    if path is None:
        raise MissingData(
            f"cifar10: neither {BINARY.name} nor {PICKLED.name} is in {folder}. Put one there, or "
            "allow the download of 170 MB (download=true)"
        )
    return read_archive(read_checked(BINARY, path), "batches-bin", ".bin", parse_binary_batch)


def read_archive(archive: bytes, folder: str, suffix: str, parse: Parse) -> ImageSplits:
    """Return the data set in an archive whose members are `cifar-10-{folder}/…{suffix}`."""
    names = [f"data_batch_{number}" for number in range(1, 6)] + ["test_batch"]
    members = [f"cifar-10-{folder}/{name}{suffix}" for name in names]
    *parts, test = [parse(content, name) for name, content in _members(archive, members)]
    images = np.concatenate([part.images for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    return ImageSplits(LabelledImages(images, labels, CLASSES), test)


def parse_binary_batch(content: bytes, name: str) -> LabelledImages:
    """Return the pictures of a file of the binary archive. Raises FormatError."""
    if not content or len(content) % (PIXELS + 1):
        raise FormatError(f"{name}: wanted rows of {PIXELS + 1} bytes, came {len(content)} bytes")
    rows = np.frombuffer(content, np.uint8).reshape(-1, PIXELS + 1)
    return _labelled(rows[:, 1:], rows[:, 0], name)


def parse_pickled_batch(content: bytes, name: str) -> LabelledImages:
    """Return the pictures of a file of the archive for Python. Raises FormatError."""
    batch = parse_pickle(content, name)
    data = batch.get(b"data") if isinstance(batch, dict) else None
    labels = batch.get(b"labels") if isinstance(batch, dict) else None
    if not isinstance(data, np.ndarray) or data.ndim != 2 or data.shape[1] != PIXELS:
        raise FormatError(f"{name}: wanted pictures of {PIXELS} bytes each under 'data'")
    if not isinstance(labels, list) or not all(isinstance(label, int) for label in labels):
        raise FormatError(f"{name}: wanted a list of whole numbers under 'labels'")
    return _labelled(data, np.asarray(labels, np.int64), name)


def _labelled(pixels: np.ndarray, labels: np.ndarray, name: str) -> LabelledImages:
    if len(pixels) != len(labels) or labels.min() < 0 or labels.max() >= len(CLASSES):
        raise FormatError(
            f"{name}: wanted a label from 0 to 9 for each of {len(pixels)} pictures, came "
            f"{len(labels)} from {labels.min()} to {labels.max()}"
        )
    return LabelledImages(pixels.reshape(-1, *SHAPE), labels.astype(np.int64), CLASSES)


def _members(archive: bytes, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """The files of these names. Raises FormatError if one is missing, too long or no file."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            found = {member.name: member for member in tar.getmembers()}
            for name in names:
                member = found.get(name)
                stream = tar.extractfile(member) if member and member.isreg() else None
                if stream is None or (member and member.size > LARGEST_BATCH):
                    raise FormatError(f"the archive has no member {name} of a sensible size")
                yield name, stream.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise FormatError(f"the archive is broken: {error}") from error
