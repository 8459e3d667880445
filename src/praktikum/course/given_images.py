"""What students predict from, and the truth that only an instructor can draw.

A unit's ``predictions.py`` draws one image and its mask from a generator, and from nothing else::

    def picture(rng):
        return image, mask    # bytes: (height, width, 3), and (height, width) of 0 and 1

Recordings with noise and the speech in them are drawn alike: see `given_mixtures`. Number i of a
seed is always the same, so nobody stores the truth: whoever has the secret from which the seed
follows draws it again, and students, who get what is given alone, can't. Names begin with a mark of
the seed, so predictions for another set are told from wrong ones.
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
from praktikum.course.given_mixtures import GivenMixture, length_of_wav
from praktikum.course.predictions_asked import SPEECH
from praktikum.course.tables import CourseError
from praktikum.course.unit import Unit

__all__ = [
    "GIVEN",
    "Given",
    "GivenImage",
    "Size",
    "draw_given",
    "given_files",
    "read_sizes",
    "sizes_of",
    "write_given",
    "write_masks",
]

GIVEN = "given"
"""The folder of a student's pack in which images or recordings lie."""

Size = tuple[int, ...]
"""Height and width, in pixels; or samples."""

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

    @property
    def size(self) -> Size:
        """How large a prediction must be: height and width."""
        return self.truth.shape

    @property
    def problem(self) -> str | None:
        """What is wrong with what was drawn; None where nothing is."""
        image, truth = np.asarray(self.image), np.asarray(self.truth)
        is_pair = image.dtype == truth.dtype == np.uint8 and image.shape == (*truth.shape, 3)
        if is_pair and truth.ndim == 2 and truth.max(initial=0) <= 1:
            return None
        wanted = "bytes (height, width, 3) and a mask (height, width) of 0 and 1"
        came = f"{image.dtype} {image.shape} and {truth.dtype} {truth.shape}"
        return f"wanted {wanted}, got {came}"

    def save(self, folder: Path) -> None:
        """Write the image, without its truth, into ``folder``."""
        from PIL import Image  # an extra: only units with images need it

        Image.fromarray(self.image).save(folder / self.name, format="PNG")

    @property
    def shown(self) -> np.ndarray:
        """What students get."""
        return self.image


Given = GivenImage | GivenMixture
"""One that something is predicted from."""


def draw_given(unit: Unit, seed: int) -> tuple[Given, ...]:
    """Return what a unit gives with its truth; nothing where it asks for no predictions.

    Raises:
        CourseError: the unit's ``predictions.py`` is not there, or draws something else.
    """
    if not unit.given:
        return ()
    [path] = given_files(unit)
    if not path.is_file():
        raise CourseError(unit.file, [f"given: is {unit.given}, but there is no {path.name}"])
    names = run_modules({path.stem: path.read_text("utf-8")}, str(unit.folder))[path.stem]
    kind = unit.asked
    draw = names.get(kind.drawn_by)
    if not callable(draw):
        raise CourseError(path, [f"wanted a function {kind.drawn_by}(rng), there is none"])
    mark = hashlib.sha256(str(seed).encode()).hexdigest()[:6]
    make = GivenMixture if kind is SPEECH else GivenImage
    given: list[Given] = []
    for number in range(unit.given):
        pair = draw(np.random.default_rng([seed, number]))
        given.append(make(f"{mark}-{number:03}{kind.ending}", *pair))
        if problem := given[-1].problem:
            raise CourseError(path, [f"{kind.drawn_by}(rng): {problem}"])
    return tuple(given)


def given_files(unit: Unit) -> list[Path]:
    """Return the files that draw what a unit gives: one, or none where it gives nothing."""
    return [unit.folder / "predictions.py"] if unit.given else []


def write_given(given: Iterable[Given], folder: Path) -> None:
    """Write what is given, without its truth, into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in given:
        one.save(folder)


def sizes_of(given: Iterable[Given]) -> dict[str, Size]:
    """Return how large the prediction for each one must be, by its name."""
    return {one.name: one.size for one in given}


def read_sizes(folder: Path) -> dict[str, Size]:
    """Return what `sizes_of` says of what `write_given` put into ``folder``.

    Raises:
        ValueError: a file there is no PNG, or no WAV.
    """
    sizes: dict[str, Size] = {
        path.name: (length_of_wav(path),) for path in sorted(folder.glob(f"*{SPEECH.ending}"))
    }
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
