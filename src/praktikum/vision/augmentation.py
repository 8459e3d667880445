"""Random changes of an image together with its mask.

An augmentation takes (image, mask, rng) and returns the changed pair; it draws from `rng` alone,
so the same generator gives the same pair. Arrays that come in are never written to. What moves
pixels moves both; where pixels are resampled, a mask takes the nearest one, for between classes
there is nothing.

Pixels stay bytes until the last step: a byte is a quarter of a float to copy. Bytes are turned
and shifted by torch, whose kernels for them are several times as fast as NumPy's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import UInt8
from PIL import Image as PillowImage

from .errors import SettingError, ShapeError

__all__ = [
    "Augmentation",
    "BackgroundReplacement",
    "Brightness",
    "Compose",
    "HorizontalFlip",
    "RandomCrop",
    "Resize",
    "check_probability",
    "random_cut",
    "shared_tensor",
]

Image = UInt8[np.ndarray, "height width 3"]
Mask = UInt8[np.ndarray, "height width"]
Pair = tuple[UInt8[np.ndarray, "new_height new_width 3"], UInt8[np.ndarray, "new_height new_width"]]


@runtime_checkable
class Augmentation(Protocol):
    """Changes an image and its mask together."""

    def __call__(self, image: Image, mask: Mask, rng: np.random.Generator) -> Pair: ...


@dataclass(frozen=True)
class Compose:
    """Augmentations, one after another."""

    steps: Sequence[Augmentation]

    def __call__(
        self,
        image: Image,
        mask: UInt8[np.ndarray, "mask_height mask_width"],
        rng: np.random.Generator,
    ) -> Pair:
        """Return what the last step makes. Raises ShapeError if image and mask don't match."""
        if image.shape[:2] != mask.shape:
            raise ShapeError(
                f"image and mask must be of one height and width, got {image.shape[:2]} and "
                f"{mask.shape}"
            )
        for step in self.steps:
            image, mask = step(image, mask, rng)
        return np.ascontiguousarray(image), np.ascontiguousarray(mask)


@dataclass(frozen=True)
class HorizontalFlip:
    """With probability `p`, left becomes right."""

    p: float = 0.5

    def __post_init__(self) -> None:
        check_probability(self.p)

    def __call__(self, image: Image, mask: Mask, rng: np.random.Generator) -> Pair:
        """Return both flipped, or both as they came."""
        if rng.random() >= self.p:
            return image, mask
        return shared_tensor(image).flip(1).numpy(), shared_tensor(mask).flip(1).numpy()


@dataclass(frozen=True)
class RandomCrop:
    """With probability `p`, a part of `height` × `width` pixels from a place drawn uniformly.

    With p < 1 sizes vary from pair to pair, and a batch needs a resizing step after this one.
    """

    height: int
    width: int
    p: float = 1.0

    def __post_init__(self) -> None:
        check_probability(self.p)
        if min(self.height, self.width) < 1:
            raise SettingError(
                f"the crop must have at least 1 pixel each way, got {self.height}×{self.width}"
            )

    def __call__(self, image: Image, mask: Mask, rng: np.random.Generator) -> Pair:
        """Return views of both. Raises ShapeError if the image is smaller than the crop."""
        if rng.random() >= self.p:
            return image, mask
        height, width = mask.shape
        if height < self.height or width < self.width:
            raise ShapeError(
                f"a crop of {self.height}×{self.width} doesn't fit into {height}×{width}; "
                "crop less or enlarge the image first"
            )
        top = rng.integers(height - self.height + 1)
        left = rng.integers(width - self.width + 1)
        rows, columns = slice(top, top + self.height), slice(left, left + self.width)
        return image[rows, columns], mask[rows, columns]


@dataclass(frozen=True)
class Resize:
    """Both brought to `height` × `width` pixels; nothing is drawn."""

    height: int
    width: int

    def __post_init__(self) -> None:
        if min(self.height, self.width) < 1:
            raise SettingError(
                f"a picture must have at least 1 pixel each way, got {self.height}×{self.width}"
            )

    def __call__(self, image: Image, mask: Mask, rng: np.random.Generator | None = None) -> Pair:
        """Return the image, averaged or interpolated, and the mask, picked."""
        del rng  # nothing is random here
        size = self.width, self.height
        if (self.height, self.width) == mask.shape:
            return image, mask
        resampled = PillowImage.fromarray(image).resize(size, PillowImage.Resampling.BILINEAR)
        picked = PillowImage.fromarray(mask).resize(size, PillowImage.Resampling.NEAREST)
        return np.array(resampled), np.array(picked)


@dataclass(frozen=True)
class Brightness:
    """With probability `p`, one number added to every channel, cut to 0 … 255.

    limit: the number is drawn uniformly from -limit to +limit, as shares of 255
    """

    limit: float = 0.2
    p: float = 0.5

    def __post_init__(self) -> None:
        check_probability(self.p)
        if not 0 <= self.limit <= 1:
            raise SettingError(f"limit must be a share of 255 from 0 to 1, got {self.limit}")

    def __call__(self, image: Image, mask: Mask, rng: np.random.Generator) -> Pair:
        """Return a brighter or darker image and the mask as it came."""
        if rng.random() >= self.p:
            return image, mask
        shift = round(255 * rng.uniform(-self.limit, self.limit))
        if shift >= 0:  # cut first: bytes don't saturate, they wrap around
            return shared_tensor(image).clamp(max=255 - shift).add_(shift).numpy(), mask
        return shared_tensor(image).clamp(min=-shift).sub_(-shift).numpy(), mask


@dataclass(frozen=True)
class BackgroundReplacement:
    """With probability `p`, pixels outside of the mask come from one of `backgrounds`.

    The background is cut at random to the image's proportions, as large as they allow, and
    resized. Edges stay hard: a byte mask says nothing of how much of a pixel belongs.
    """

    backgrounds: Sequence[UInt8[np.ndarray, "_ _ 3"]] = field(repr=False)
    p: float = 0.5

    def __post_init__(self) -> None:
        check_probability(self.p)
        if not len(self.backgrounds):
            raise SettingError("backgrounds must hold at least one image, got none")

    def __call__(self, image: Image, mask: Mask, rng: np.random.Generator) -> Pair:
        """Return the object before another background and the mask as it came.

        The object is where the mask isn't 0; each background is as likely as the others.
        """
        if rng.random() >= self.p:
            return image, mask
        background = self.backgrounds[int(rng.integers(len(self.backgrounds)))]
        replaced = random_cut(background, mask.shape[0], mask.shape[1], rng)
        np.copyto(replaced, image, where=mask[..., None] > 0)
        return replaced, mask


def random_cut(
    picture: UInt8[np.ndarray, "_ _ 3"], height: int, width: int, rng: np.random.Generator
) -> Image:
    """Return the largest part of this shape, at a random place, resized: a new array."""
    scale = min(picture.shape[0] / height, picture.shape[1] / width)
    # One of the two is as large as the picture, but for rounding, which Pillow would refuse.
    free_height, free_width = picture.shape[0] - scale * height, picture.shape[1] - scale * width
    top, left = rng.random() * max(free_height, 0.0), rng.random() * max(free_width, 0.0)
    bottom = min(top + scale * height, picture.shape[0])
    right = min(left + scale * width, picture.shape[1])
    whole = PillowImage.fromarray(picture)
    return np.array(
        whole.resize(
            (width, height), PillowImage.Resampling.BILINEAR, box=(left, top, right, bottom)
        )
    )


def shared_tensor(array: UInt8[np.ndarray, "*shape"]) -> torch.Tensor:
    """Return the array as a tensor; it shares the memory unless that is read-only."""
    return torch.from_numpy(array if array.flags.writeable else array.copy())


def check_probability(p: float) -> None:
    """Raise SettingError unless `p` is from 0 to 1."""
    if not 0 <= p <= 1:
        raise SettingError(f"p must be a probability from 0 to 1, got {p}")
