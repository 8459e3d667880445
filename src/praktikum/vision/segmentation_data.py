"""From pairs of byte arrays to the tensors that a segmentation model takes.

Augmentation is drawn from (seed, epoch, index): which worker loads a pair, and in what order,
changes nothing, and a resumed run sees what the uninterrupted one would have seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.utils.data import Dataset

from .augmentation import Augmentation

__all__ = ["AugmentedPairs", "Pairs", "denormalised", "normalised", "to_tensors"]

# Of ImageNet, in the order red, green, blue; what published encoders were trained with.
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


@runtime_checkable
class Pairs(Protocol):
    """A map-style dataset of (image, mask), byte arrays (height, width, 3) and (height, width)."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Any: ...


class AugmentedPairs(Dataset[Any]):
    """The pairs of another dataset, augmented anew in each epoch, as tensors.

    pairs:        what is augmented
    augmentation: None leaves pairs as they are
    seed:         of the augmentation
    """

    def __init__(
        self, pairs: Pairs, augmentation: Augmentation | None = None, *, seed: int = 0
    ) -> None:
        self.pairs = pairs
        self.augmentation = augmentation
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Make the following items those of this epoch, counted from 0."""
        self.epoch = epoch

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.pairs)

    def __getitem__(
        self, index: int
    ) -> tuple[Float[Tensor, "3 height width"], Float[Tensor, "1 height width"]]:
        """Return the pair as a normalised image and a mask of zeros and ones."""
        image, mask = self.pairs[index]
        if self.augmentation is not None:
            rng = np.random.default_rng((self.seed, self.epoch, index))
            image, mask = self.augmentation(image, mask, rng)
        return to_tensors(image, mask)


def to_tensors(
    image: UInt8[np.ndarray, "height width 3"], mask: UInt8[np.ndarray, "height width"]
) -> tuple[Float[Tensor, "3 height width"], Float[Tensor, "1 height width"]]:
    """Return the image, normalised, channels first, and 1 where the mask isn't 0."""
    planes = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))
    return normalised(planes / 255), torch.from_numpy((mask > 0).astype(np.float32))[None]


def normalised(images: Float[Tensor, "*batch 3 h w"]) -> Float[Tensor, "*batch 3 h w"]:
    """Return images of [0, 1] with ImageNet's mean taken off and its deviation divided out."""
    return (images - _column(MEAN, images)) / _column(STD, images)


def denormalised(images: Float[Tensor, "*batch 3 h w"]) -> Float[Tensor, "*batch 3 h w"]:
    """Return what `normalised` was given."""
    return images * _column(STD, images) + _column(MEAN, images)


def _column(values: Sequence[float], like: Tensor) -> Float[Tensor, "3 1 1"]:
    return torch.tensor(values, dtype=like.dtype, device=like.device)[:, None, None]
