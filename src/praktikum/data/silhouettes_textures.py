"""Real pictures to put behind people and on them, out of the wheels of scikit-image and sklearn.

Nothing is downloaded. Training and test pictures share no scene and no face, so a score on the
test pictures isn't a memory of backgrounds. None of the scenes shows a person. The faces are 100
of "Labeled faces in the wild" (Huang et al., 2007) as scikit-image carries them, 25 × 25, grey.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

__all__ = ["Split", "cloth", "faces", "scene_patch", "scenes"]

Split = Literal["train", "test"]
Picture = UInt8[np.ndarray, "height width 3"]
Colours = Float[np.ndarray, "height width 3"]

SCENES: dict[Split, tuple[str, ...]] = {
    "train": (
        "brick",
        "chelsea",
        "coins",
        "grass",
        "immunohistochemistry",
        "moon",
        "page",
        "retina",
        "rocket",
        "stereo_motorcycle",
        "china.jpg",
    ),
    "test": ("coffee", "gravel", "text", "hubble_deep_field", "flower.jpg"),
}
TEST_FACES = 20
N_FACES = 100  # the rest of lfw_subset shows no faces


@lru_cache
def scenes(split: Split) -> tuple[Picture, ...]:
    """Return the pictures of this split; the first call reads them."""
    return tuple(_read(name) for name in SCENES[split])


def _read(name: str) -> Picture:
    if name.endswith(".jpg"):
        from sklearn.datasets import load_sample_image

        return np.asarray(load_sample_image(name), np.uint8)
    from skimage import data

    picture = getattr(data, name)()
    if isinstance(picture, tuple):  # the stereo pair: its left eye
        picture = picture[0]
    rgb = np.stack([picture] * 3, axis=-1) if picture.ndim == 2 else picture[..., :3]
    return np.ascontiguousarray(rgb, np.uint8)


@lru_cache
def faces(split: Split) -> Float[np.ndarray, "faces 25 25"]:
    """Return the faces of this split, each with a mean of 1."""
    from skimage.data import lfw_subset

    everything: Any = lfw_subset  # untyped in scikit-image
    grey = np.asarray(everything()[:N_FACES], np.float32)
    chosen = grey[:TEST_FACES] if split == "test" else grey[TEST_FACES:]
    return np.asarray(chosen / chosen.mean(axis=(1, 2), keepdims=True))


def scene_patch(
    rng: np.random.Generator, split: Split, height: int, width: int, zoom: tuple[float, float]
) -> Colours:
    """Return a random part of a random scene at this size, in [0, 1].

    zoom: the least and the greatest share of the scene's shorter side that the part covers
    """
    picture = scenes(split)[rng.integers(len(scenes(split)))]
    share = rng.uniform(*zoom)
    scale = share * min(picture.shape[0] / height, picture.shape[1] / width)
    part_height, part_width = height * scale, width * scale
    y = rng.uniform(0, picture.shape[0] - part_height)
    x = rng.uniform(0, picture.shape[1] - part_width)
    part = Image.fromarray(picture).resize(
        (width, height), Image.Resampling.BILINEAR, box=(x, y, x + part_width, y + part_height)
    )
    colours = np.asarray(part, np.float32) / 255
    return colours[:, ::-1] if rng.random() < 0.5 else colours


def cloth(rng: np.random.Generator, split: Split, height: int, width: int) -> Colours:
    """Return a fabric: plain, printed with a scene, striped or checked, in random colours."""
    colour = rng.uniform(0.03, 1, size=3) ** 1.3
    colour = colour.mean() + rng.uniform(0, 0.8) * (colour - colour.mean())  # few are garish
    other = rng.uniform(0.03, 1, size=3)
    kind = rng.choice(
        ["plain", "weave", "print", "stripes", "checks"], p=[0.5, 0.25, 0.07, 0.1, 0.08]
    )
    if kind == "print":
        return scene_patch(rng, split, height, width, (0.2, 0.9))
    if kind == "weave":
        pattern = scene_patch(rng, split, height, width, (0.3, 1)).mean(axis=2, keepdims=True)
        return np.asarray(np.clip(colour * (0.6 + 0.8 * pattern), 0, 1), np.float32)
    share = np.zeros((height, width, 1), np.float32)
    if kind in ("stripes", "checks"):
        period = rng.uniform(0.04, 0.12) * height
        angle = rng.choice([0.0, np.pi / 2, rng.uniform(0, np.pi)])
        y, x = np.mgrid[:height, :width]
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        share = (along % period < period / 2)[..., None].astype(np.float32)
        if kind == "checks":
            share = (share + (across % period < period / 2)[..., None]) / 2
    return np.asarray(colour + share * (other - colour), np.float32)
