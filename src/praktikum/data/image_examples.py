"""Labelled pictures as examples to train on, shifted and mirrored at random.

What is drawn for an example depends on the seed, the epoch and the number of the example alone, so
neither the order of loading nor the number of workers changes it. A shift by some pixels is the
crop of a padded picture: Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep
convolutional neural networks" (2012), section 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8

from .errors import DataError
from .image_folder import ImageFolder
from .labelled_images import LabelledImages

__all__ = ["ImageExamples", "ShiftAndFlip"]

Image = UInt8[np.ndarray, "channels height width"]


@dataclass(frozen=True)
class ShiftAndFlip:
    """What may happen to a picture without changing its class.

    Attributes:
        shift: the farthest move in each direction, pixels; what enters repeats the border
        flip: whether left and right change places in half of the cases
    """

    shift: int = 0
    flip: bool = False

    def __post_init__(self) -> None:
        """Raise DataError for a negative shift."""
        if self.shift < 0:
            raise DataError(f"shift={self.shift} must be at least 0 pixels")

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        """Return the picture, changed at random."""
        if self.shift:
            _, height, width = image.shape
            top, left = rng.integers(0, 2 * self.shift + 1, size=2)
            frame = ((0, 0), (self.shift, self.shift), (self.shift, self.shift))
            padded = np.pad(image, frame, mode="edge")
            image = padded[:, top : top + height, left : left + width]
        if self.flip and rng.random() < 0.5:
            image = image[:, :, ::-1]
        return np.ascontiguousarray(image)


class ImageExamples:
    """A map-style data set: `examples[i]` is a picture, uint8, and the number of its class.

    `set_epoch` is called before each epoch; with an augmentation every epoch sees other pictures.
    """

    def __init__(
        self,
        images: LabelledImages | ImageFolder,
        augmentation: ShiftAndFlip | None = None,
        seed: int = 0,
    ) -> None:
        self.images = images
        self.augmentation = augmentation
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch, from 0, comes next."""
        self.epoch = epoch

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Image, int]:
        """Return a picture and its class."""
        image, label = self.images[index]
        if self.augmentation is not None:
            rng = np.random.default_rng([self.seed, self.epoch, index])
            image = self.augmentation(image, rng)
        return image, label
