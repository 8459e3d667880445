"""Pictures with the number of the class of each, held in memory as bytes.

Pixels stay `uint8` until a batch is made: a quarter of the memory of floats, and the scaling that
a model wants is the model's business, not the file's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Int64, Integer, UInt8

from .errors import DataError

__all__ = ["ImageSplits", "LabelledImages"]


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Pictures of one size and their classes.

    Attributes:
        images: pixels from 0 to 255, channels first
        labels: the number of the class of each picture, from 0
        classes: the name of each class, in the order of the numbers
    """

    images: UInt8[np.ndarray, "examples channels height width"]
    labels: Int64[np.ndarray, " labels"]
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Raise DataError where pictures, labels and classes do not belong together."""
        if len(self.images) != len(self.labels):
            raise DataError(f"{len(self.images)} pictures came with {len(self.labels)} labels")
        if len(self.labels) and not 0 <= self.labels.min() <= self.labels.max() < self.n_classes:
            raise DataError(
                f"labels must be from 0 to {self.n_classes - 1} for {self.n_classes} classes, "
                f"got {self.labels.min()} to {self.labels.max()}"
            )

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[UInt8[np.ndarray, "channels height width"], int]:
        """Return a picture and the number of its class."""
        return self.images[index], int(self.labels[index])

    @property
    def n_classes(self) -> int:
        """The number of classes, present or not."""
        return len(self.classes)

    def take(self, indices: Integer[np.ndarray, " taken"]) -> LabelledImages:
        """Return the pictures of these numbers, in this order; the classes stay."""
        return replace(self, images=self.images[indices], labels=self.labels[indices])

    def of_classes(self, numbers: Sequence[int]) -> LabelledImages:
        """Return the pictures of these classes alone, renumbered from 0 in the order given."""
        new_number = np.full(self.n_classes, -1, np.int64)
        new_number[list(numbers)] = np.arange(len(numbers))
        kept = np.flatnonzero(new_number[self.labels] >= 0)
        names = tuple(self.classes[number] for number in numbers)
        return LabelledImages(self.images[kept], new_number[self.labels[kept]], names)

    def per_class(
        self, count: int, rng: np.random.Generator
    ) -> tuple[LabelledImages, LabelledImages]:
        """Return `count` random pictures of every class, and all the others.

        Raises DataError if some class has fewer.
        """
        taken = []
        for number, name in enumerate(self.classes):
            members = np.flatnonzero(self.labels == number)
            if len(members) < count:
                raise DataError(
                    f"{count} pictures of each class were asked for, but of class '{name}' there "
                    f"are {len(members)}"
                )
            taken.append(rng.choice(members, count, replace=False))
        chosen = np.sort(np.concatenate(taken))
        return self.take(chosen), self.take(np.setdiff1d(np.arange(len(self)), chosen))

    def split(self, count: int, rng: np.random.Generator) -> tuple[LabelledImages, LabelledImages]:
        """Return `count` random pictures and all the others, e.g. to choose a model by.

        Raises DataError unless both parts get at least one picture.
        """
        if not 0 < count < len(self):
            raise DataError(f"cannot put aside {count} of {len(self)} pictures: 1 to all but one")
        order = rng.permutation(len(self))
        return self.take(np.sort(order[:count])), self.take(np.sort(order[count:]))


class ImageSplits(NamedTuple):
    """A data set as published: what to train on and what to test on, never mixed."""

    train: LabelledImages
    test: LabelledImages
