"""Augmentations of albumentations-style libraries in our pipelines, and ours in theirs.

Such a library's transform is called as `transform(image=…, mask=…)` and returns a dictionary with
the same keys (Buslaev et al., 2020, "Albumentations: fast and flexible image augmentations"). It
draws from a generator of its own, so it is seeded anew before each call with a number from ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from .augmentation import Augmentation, Image, Mask, Pair
from .errors import SettingError

__all__ = ["AlbumentationsStyle", "as_albumentations", "from_albumentations"]

SEEDS = 2**32


@runtime_checkable
class AlbumentationsStyle(Protocol):
    """A transform that takes and returns `image` and `mask` by name."""

    def __call__(self, *, image: np.ndarray, mask: np.ndarray) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class _Adapted:
    transform: AlbumentationsStyle
    reseed: Callable[[int], object]

    def __call__(self, image: Image, mask: Mask, rng: np.random.Generator) -> Pair:
        """Return what the library makes of the pair."""
        self.reseed(int(rng.integers(SEEDS)))
        changed = self.transform(image=image, mask=mask)
        return changed["image"], changed["mask"]


def from_albumentations(
    transform: AlbumentationsStyle, reseed: Callable[[int], object] | None = None
) -> Augmentation:
    """Return the library's transform as an augmentation.

    reseed: seeds the transform with a number below 2³²; by default its own `set_random_seed`,
            which `albumentations.Compose` has

    Raises SettingError if there is no `reseed` and no `set_random_seed`: then the transform's
    draws would not follow the generator.
    """
    reseed = reseed or getattr(transform, "set_random_seed", None)
    if reseed is None:
        raise SettingError(
            f"{type(transform).__name__} has no set_random_seed: wrap it in the library's Compose "
            "or pass reseed=…, a function that seeds it"
        )
    return _Adapted(transform, reseed)


def as_albumentations(augmentation: Augmentation, rng: np.random.Generator) -> AlbumentationsStyle:
    """Return the augmentation as a transform called by name; its draws come from `rng`."""

    def transform(*, image: np.ndarray, mask: np.ndarray) -> Mapping[str, Any]:
        new_image, new_mask = augmentation(image, mask, rng)
        return {"image": new_image, "mask": new_mask}

    return transform
