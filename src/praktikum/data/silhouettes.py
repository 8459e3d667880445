"""Pictures of made-up people before real scenes, with their masks: endless, seeded, offline.

A figure of `silhouettes_figure` is filled with cloth, skin and a real face, lit, and laid over a
part of a real picture among other objects; then the whole goes through a camera: exposure, colour
cast, blur, noise. The mask is exact. Picture number i of a seed is always the same, whatever was
drawn before it.

These aren't photos of people; a model trained on them knows these figures. What they are good for
is to learn, compare and test segmentation in minutes and without a network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw
from scipy import ndimage
from torch.utils.data import Dataset

from .errors import DataError
from .silhouettes_figure import GROUND, Figure, Material, draw_figure
from .silhouettes_textures import Split, cloth, faces, scene_patch

__all__ = ["SilhouettesDataset", "draw_silhouettes"]

Colours = Float[np.ndarray, "height width 3"]
Cover = Float[np.ndarray, "height width"]  # the share of each pixel that is covered, 0 to 1
Covers = Float[np.ndarray, "materials height width"]

MATERIALS: tuple[Material, ...] = ("skin", "face", "hair", "top", "bottom", "shoes")
FINER = 3  # outlines are drawn so many times finer than the picture, for smooth edges
SKIN_TONES = np.array(
    [[0.98, 0.84, 0.74], [0.93, 0.74, 0.6], [0.8, 0.6, 0.45], [0.6, 0.42, 0.3], [0.36, 0.25, 0.18]]
)
HAIR_COLOURS = np.array(
    [[0.07, 0.05, 0.04], [0.25, 0.15, 0.08], [0.45, 0.28, 0.14], [0.8, 0.65, 0.4], [0.6, 0.6, 0.6]]
)


def draw_silhouettes(
    rng: np.random.Generator, height: int, width: int, split: Split = "train"
) -> tuple[UInt8[np.ndarray, "height width 3"], UInt8[np.ndarray, "height width"]]:
    """Return a picture and its mask: 1 where a person is seen, 0 elsewhere.

    One person mostly; sometimes two or three, and now and then nobody.
    """
    picture = _background(rng, split, height, width)
    seen = np.zeros((height, width), np.float32)
    for _ in range(rng.choice([0, 1, 2, 3], p=[0.02, 0.83, 0.13, 0.02])):
        picture, seen = _with_person(rng, split, picture, seen)
    if rng.random() < 0.05:
        cover = _thing(rng, height, width)
        picture = _blend(picture, cloth(rng, split, height, width), cover)
        seen = seen * (1 - cover)
    return _photographed(rng, picture), (seen >= 0.5).astype(np.uint8)


class SilhouettesDataset(Dataset[Any]):
    """`length` pictures and masks of one seed, drawn anew at each request or kept in memory.

    seed:       pictures of different seeds differ; so do those of "train" and "test"
    split:      "test" has scenes, fabrics and faces that "train" never shows
    transforms: called with (image, mask); what it returns is the item
    keep:       keep drawn pictures (height · width · 4 bytes each), so that they are drawn once
    """

    def __init__(
        self,
        length: int,
        height: int,
        width: int,
        *,
        seed: int = 0,
        split: str = "train",
        transforms: Callable[..., Any] | None = None,
        keep: bool = True,
    ) -> None:
        if min(length, height, width) < 1:
            raise DataError(
                f"length, height and width must be at least 1, got {length}, {height}, {width}"
            )
        if split not in ("train", "test"):
            raise DataError(f"split must be 'train' or 'test', got {split!r}")
        self.length, self.height, self.width = length, height, width
        self.split: Split = "test" if split == "test" else "train"
        self.seed, self.transforms = seed, transforms
        self._kept: dict[int, tuple[np.ndarray, np.ndarray]] | None = {} if keep else None

    def __len__(self) -> int:
        """Return the number of pictures."""
        return self.length

    def __getitem__(self, index: int) -> Any:
        """Return (image, mask), or what `transforms` makes of them."""
        if not 0 <= index < self.length:
            raise IndexError(f"there are {self.length} pictures, asked for number {index}")
        pair = self.draw(index)
        return self.transforms(*pair) if self.transforms else pair

    def draw(
        self, index: int
    ) -> tuple[UInt8[np.ndarray, "height width 3"], UInt8[np.ndarray, "height width"]]:
        """Return picture and mask number `index`, untransformed."""
        if self._kept is not None and index in self._kept:
            return self._kept[index]
        rng = np.random.default_rng([self.seed, self.split == "test", index])
        pair = draw_silhouettes(rng, self.height, self.width, self.split)
        if self._kept is not None:
            self._kept[index] = pair
        return pair


def _background(rng: np.random.Generator, split: Split, height: int, width: int) -> Colours:
    """A scene, sometimes standing on another as on a floor, with things about."""
    picture = scene_patch(rng, split, height, width, (0.25, 1))
    if rng.random() < 0.4:
        horizon = int(height * rng.uniform(0.55, 0.9))
        picture[horizon:] = scene_patch(rng, split, height - horizon, width, (0.2, 0.8))
    picture = np.clip(picture * rng.uniform(0.6, 1.4, size=3) ** 0.7, 0, 1)
    for _ in range(rng.integers(0, 3)):
        picture = _blend(picture, cloth(rng, split, height, width), _thing(rng, height, width))
    blur = height / 100 * rng.choice([0, rng.uniform(0.4, 2.0)], p=[0.35, 0.65])  # out of focus
    return np.asarray(ndimage.gaussian_filter(picture, (blur, blur, 0)), np.float32)


def _thing(rng: np.random.Generator, height: int, width: int) -> Cover:
    """The shape of something that isn't a person: a box, a ball, a pole or a blob."""
    height, width = FINER * height, FINER * width
    y, x = rng.uniform(0, height), rng.uniform(0, width)
    tall, wide = height * rng.uniform(0.08, 0.4), width * rng.uniform(0.08, 0.35)
    canvas = Image.new("L", (width, height))
    draw = ImageDraw.Draw(canvas)
    kind = rng.choice(["box", "ball", "pole", "blob"])
    if kind == "box":
        draw.rounded_rectangle((x - wide, y - tall, x + wide, y + tall), 0.2 * wide, 1)
    elif kind == "ball":
        draw.ellipse((x - wide, y - wide, x + wide, y + wide), 1)
    elif kind == "pole":
        lean = 0.05 * width * rng.normal()
        draw.line((x, 0, x + lean, height), 1, round(width * rng.uniform(0.02, 0.1)))
    else:
        angles, radii = np.sort(rng.uniform(0, 2 * np.pi, 9)), rng.uniform(0.4, 1, 9)
        points = np.stack([x + wide * radii * np.cos(angles), y + tall * radii * np.sin(angles)], 1)
        draw.polygon([(float(px), float(py)) for px, py in points], 1)
    return _shrunk(np.array(canvas))


def _with_person(
    rng: np.random.Generator, split: Split, picture: Colours, seen: Cover
) -> tuple[Colours, Cover]:
    """The picture with one more person in it, and how much of each pixel people cover."""
    height, width = seen.shape
    scale, left, top = _framing(rng, height, width)
    covers = _rasterised(draw_figure(rng), scale, left, top, height, width)
    person = np.minimum(covers.sum(axis=0), 1)
    picture = _shadowed(picture, left, top + GROUND * scale, scale)
    light = _light(rng, person, scale)[..., None]
    colours = np.clip(_filling(rng, split, covers) * light, 0, 1)
    picture = picture * (1 - person[..., None]) + colours
    return np.asarray(picture, np.float32), np.maximum(seen, person)


def _framing(rng: np.random.Generator, height: int, width: int) -> tuple[float, float, float]:
    """Pixels of a head, and the column and the row of the crown: a full length, a half, a bust."""
    shot = rng.choice(["full", "half", "bust"], p=[0.5, 0.28, 0.22])
    if shot == "full":
        scale = height * rng.uniform(0.75, 0.97) / GROUND
        top = rng.uniform(0.02 * height, max(0.03 * height, height - (GROUND + 0.3) * scale))
    else:
        heads_seen = rng.uniform(3.5, 5.5) if shot == "half" else rng.uniform(2.1, 3.2)
        scale = height / heads_seen
        top = scale * rng.uniform(0.15, 0.5)
    return scale, width * rng.normal(0.5, 0.12 if shot != "full" else 0.15), top


def _rasterised(
    figure: Figure, scale: float, left: float, top: float, height: int, width: int
) -> Covers:
    """How much of each pixel each of MATERIALS covers; later parts hide earlier ones."""
    canvas = Image.new("L", (FINER * width, FINER * height))
    draw = ImageDraw.Draw(canvas)
    for part in figure.parts:
        points = (part.outline * scale + [left, top]) * FINER
        draw.polygon([(float(x), float(y)) for x, y in points], MATERIALS.index(part.material) + 1)
    labels = np.array(canvas)
    return np.stack([_shrunk(labels == number + 1) for number in range(len(MATERIALS))])


def _filling(rng: np.random.Generator, split: Split, covers: Covers) -> Colours:
    """Skin, a face, hair, cloth and shoes, each as much as it covers."""
    height, width = covers.shape[1:]
    skin = SKIN_TONES[rng.integers(len(SKIN_TONES))] * rng.uniform(0.9, 1.1)
    hair = HAIR_COLOURS[rng.integers(len(HAIR_COLOURS))] * rng.uniform(0.7, 1.2)
    strands = ndimage.gaussian_filter1d(rng.uniform(0.75, 1.25, size=(1, width, 1)), 1, axis=1)
    fillings: dict[Material, Any] = {
        "skin": skin,
        "face": _face(rng, split, covers[MATERIALS.index("face")]) * skin,
        "hair": hair * strands,
        "top": cloth(rng, split, height, width),
        "bottom": cloth(rng, split, height, width),
        "shoes": rng.uniform(0, 0.6) * rng.uniform(0.8, 1, size=3),
    }
    filling = np.zeros((height, width, 3), np.float32)
    for material, cover in zip(MATERIALS, covers, strict=True):
        filling += cover[..., None] * fillings[material]
    return filling


def _face(rng: np.random.Generator, split: Split, cover: Cover) -> Float[np.ndarray, "h w 1"]:
    """A real face stretched over what the head covers, as brightness about 1."""
    brightness = np.ones((*cover.shape, 1), np.float32)
    rows, columns = np.nonzero(cover)
    if not len(rows):
        return brightness
    box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    size = (int(box[1].stop - box[1].start), int(box[0].stop - box[0].start))
    grey = faces(split)[rng.integers(len(faces(split)))]
    grey = grey if rng.random() < 0.5 else grey[:, ::-1]
    face = Image.fromarray(grey).resize(size, Image.Resampling.BICUBIC)
    brightness[box] = np.clip(np.asarray(face), 0.2, 1.8)[..., None]
    return brightness


def _light(rng: np.random.Generator, person: Cover, scale: float) -> Float[np.ndarray, "h w"]:
    """How bright each pixel is lit, as if the silhouette were rounded and its clothes creased."""
    relief = ndimage.gaussian_filter(person, max(1.0, 0.18 * scale))
    slope_y, slope_x = np.gradient(relief)
    angle = rng.uniform(0, 2 * np.pi)
    slope = (slope_x * np.cos(angle) + slope_y * np.sin(angle)) * 0.18 * scale
    creases = ndimage.gaussian_filter(rng.normal(size=person.shape), 0.12 * scale) * 0.12 * scale
    light = rng.uniform(0.7, 1.15) * (0.75 + 0.25 * relief) + rng.uniform(0, 1.2) * slope
    return np.asarray(light + rng.uniform(0, 0.35) * creases, np.float32)


def _shadowed(picture: Colours, x: float, y: float, scale: float) -> Colours:
    """The picture with a soft shadow where the soles meet the ground, at (x, y)."""
    height, width = picture.shape[:2]
    rows, columns = np.ogrid[:height, :width]
    distance = ((rows - y) / (0.22 * scale)) ** 2 + ((columns - x) / (0.9 * scale)) ** 2
    return np.asarray(picture * (1 - 0.5 * np.exp(-distance))[..., None], np.float32)


def _blend(picture: Colours, filling: Colours, cover: Cover) -> Colours:
    return np.asarray(picture + cover[..., None] * (filling - picture))


def _shrunk(fine: np.ndarray) -> Cover:
    """The mean over squares of FINER × FINER pixels."""
    height, width = fine.shape[0] // FINER, fine.shape[1] // FINER
    squares = fine.reshape(height, FINER, width, FINER)
    return np.asarray(squares.sum(axis=(1, 3)) / FINER**2, np.float32)


def _photographed(rng: np.random.Generator, picture: Colours) -> UInt8[np.ndarray, "h w 3"]:
    """The picture as a camera gives it: exposure, gamma, a colour cast, blur and noise."""
    exposure = rng.uniform(0.75, 1.25) * rng.uniform(0.94, 1.06, size=3)
    picture = np.clip(picture * exposure, 0, 1) ** rng.uniform(0.75, 1.35)
    blur = rng.choice([0, rng.uniform(0.2, 0.6)])
    picture = ndimage.gaussian_filter(picture, (blur, blur, 0))
    picture = picture + rng.normal(0, rng.uniform(0, 0.03), picture.shape)
    return np.asarray(np.round(np.clip(picture, 0, 1) * 255), np.uint8)
