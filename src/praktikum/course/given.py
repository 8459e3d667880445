"""What students predict from, and the truth that only an instructor can draw.

A unit's ``predictions.py`` draws one after the other: images with masks, see `given_images`, or
recordings with speech, see `given_mixtures`. Number i of a seed is always the same, so nobody
stores the truth: whoever has the secret from which the seed follows draws it again, and students,
who get what is given alone, can't. Names begin with a mark of the seed, so predictions for another
set are told from wrong ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from praktikum.checks import run_modules
from praktikum.course.given_images import GivenImage, size_of_png
from praktikum.course.given_mixtures import GivenMixture, length_of_wav
from praktikum.course.predictions_asked import MASKS, SPEECH
from praktikum.course.tables import CourseError
from praktikum.course.unit import Unit

__all__ = [
    "GIVEN",
    "Given",
    "Size",
    "draw_given",
    "given_files",
    "read_sizes",
    "sizes_of",
    "write_given",
]

GIVEN = "given"
"""The folder of a student's pack in which images or recordings lie."""

Size = tuple[int, ...]
"""Height and width, in pixels; or samples."""

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
    images = {path.name: size_of_png(path) for path in sorted(folder.glob(f"*{MASKS.ending}"))}
    recordings = sorted(folder.glob(f"*{SPEECH.ending}"))
    return images | {path.name: (length_of_wav(path),) for path in recordings}
