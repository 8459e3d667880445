"""The images whose masks students predict, and the true masks that only an instructor can draw.

A unit's ``predictions.py`` draws one image and its mask from a generator, and from nothing else::

    def picture(rng):
        return image, mask    # bytes: (height, width, 3), and (height, width) of 0 and 1

Image number i of a seed is always the same, so nobody stores the truth: whoever has the secret
from which the seed follows draws it again, and students, who get the images alone, can't. Their
names begin with a mark of the seed, so masks of another set are told from wrong ones.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from praktikum.checks import run_modules
from praktikum.course.tables import CourseError
from praktikum.course.unit import Unit

__all__ = [
    "ARCHIVE",
    "GIVEN",
    "GivenImage",
    "Size",
    "draw_given",
    "given_files",
    "read_sizes",
    "sizes_of",
    "write_given",
    "write_masks",
]

ARCHIVE = "masks.zip"
"""What students hand in beside the notebook: for each image a mask, a PNG of the same name."""

GIVEN = "given"
"""The folder of a student's pack in which the images lie."""

Size = tuple[int, int]
"""Height and width, in pixels."""

_PNG_HEAD = 24  # bytes: signature, length and name of the first chunk, width, height


@dataclass(frozen=True, slots=True)
class GivenImage:
    """An image and its true mask.

    Attributes:
        name: of its file, and of the file of a mask predicted for it.
        image: bytes (height, width, 3).
        truth: bytes (height, width), 1 where the object is seen, 0 elsewhere.
    """

    name: str
    image: np.ndarray
    truth: np.ndarray


def draw_given(unit: Unit, seed: int) -> tuple[GivenImage, ...]:
    """Return the images of a unit and their true masks; none where it asks for no masks.

    Raises:
        CourseError: the unit's ``predictions.py`` is not there, or draws something else.
    """
    if not unit.given:
        return ()
    [path] = given_files(unit)
    if not path.is_file():
        raise CourseError(unit.file, [f"given: is {unit.given}, but there is no {path.name}"])
    names = run_modules({path.stem: path.read_text("utf-8")}, str(unit.folder))[path.stem]
    picture = names.get("picture")
    if not callable(picture):
        raise CourseError(path, ["wanted a function picture(rng), there is none"])
    mark = hashlib.sha256(str(seed).encode()).hexdigest()[:6]
    drawn = (picture(np.random.default_rng([seed, number])) for number in range(unit.given))
    return tuple(
        _verified(path, GivenImage(f"{mark}-{number:03}.png", image, truth))
        for number, (image, truth) in enumerate(drawn)
    )


def given_files(unit: Unit) -> list[Path]:
    """Return the files that draw the images of a unit: one, or none where it asks for no masks."""
    return [unit.folder / "predictions.py"] if unit.given else []


def write_given(given: Iterable[GivenImage], folder: Path) -> None:
    """Write the images, without their truth, into ``folder``."""
    from PIL import Image  # an extra: only units with images need it

    folder.mkdir(parents=True, exist_ok=True)
    for one in given:
        Image.fromarray(one.image).save(folder / one.name, format="PNG")


def sizes_of(given: Iterable[GivenImage]) -> dict[str, Size]:
    """Return how large the mask of each image must be, by its name."""
    return {one.name: (one.truth.shape[0], one.truth.shape[1]) for one in given}


def read_sizes(folder: Path) -> dict[str, Size]:
    """Return what `sizes_of` says of the images that `write_given` put into ``folder``.

    Raises:
        ValueError: a file there is no PNG.
    """
    sizes: dict[str, Size] = {}
    for path in sorted(folder.glob("*.png")):
        head = path.read_bytes()[:_PNG_HEAD]
        if not head.startswith(b"\x89PNG") or len(head) < _PNG_HEAD:
            raise ValueError(f"{path.name} is no PNG")
        sizes[path.name] = int.from_bytes(head[20:24], "big"), int.from_bytes(head[16:20], "big")
    return sizes


def write_masks(masks: Mapping[str, np.ndarray], path: Path) -> None:
    """Write masks of 0 and 1 as a student hands them in; the same masks give the same bytes."""
    from PIL import Image

    with zipfile.ZipFile(path, "w") as archive:
        for name, mask in masks.items():
            content = io.BytesIO()
            Image.fromarray(255 * mask.astype(np.uint8)).save(content, format="PNG")
            archive.writestr(zipfile.ZipInfo(name), content.getvalue())


def _verified(path: Path, one: GivenImage) -> GivenImage:
    image, truth = np.asarray(one.image), np.asarray(one.truth)
    is_pair = image.dtype == truth.dtype == np.uint8 and image.shape == (*truth.shape, 3)
    if not is_pair or truth.ndim != 2 or truth.max(initial=0) > 1:
        wanted = "bytes (height, width, 3) and a mask (height, width) of 0 and 1"
        came = f"{image.dtype} {image.shape} and {truth.dtype} {truth.shape}"
        raise CourseError(path, [f"picture(rng): wanted {wanted}, got {came}"])
    return one
