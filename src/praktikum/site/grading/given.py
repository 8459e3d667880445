"""What a task gives for predictions, images or recordings: drawn from the site's secret, once."""

from __future__ import annotations

from praktikum.course.given import Given, draw_given
from praktikum.course.pack import Pack
from praktikum.course.unit import Unit
from praktikum.grader.seeds import given_seed
from praktikum.site.grading.secret import grading_secret

__all__ = ["given_images", "seed_of_images"]

_drawn: dict[str, tuple[Given, ...]] = {}  # by the digest of their task's pack


def seed_of_images(unit: Unit) -> int:
    """Return the seed from which this site draws a task's images: secret."""
    return given_seed(grading_secret(), unit.task)


def given_images(pack: Pack) -> tuple[Given, ...]:
    """Return what a task gives, with its truth; nothing where it asks for no predictions.

    Raises:
        CourseError: the unit cannot draw them.
    """
    if pack.unit.given and pack.digest not in _drawn:
        _drawn[pack.digest] = draw_given(pack.unit, seed_of_images(pack.unit))
    return _drawn.get(pack.digest, ())
