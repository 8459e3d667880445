"""Masks that a student predicted for given images: read, and measured against the truth.

What can be read is told without the truth, so a student's own check says it too. An image whose
mask is missing or cannot be used counts 0; the notes name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from praktikum.checks import Text
from praktikum.course.given_images import ARCHIVE, GivenImage, Size, sizes_of
from praktikum.grader.archive import entries_of
from praktikum.grader.facts import Measured
from praktikum.grader.iou import mask_iou, mean_iou
from praktikum.grader.phrasing import printable
from praktikum.grader.submission import Submission, SubmissionError

__all__ = ["PredictedMasks", "measure", "read_masks"]

_SHOWN = 5  # names in a note, and kinds of faults
_LONGEST = 40  # characters of a name in a note
_GIVEN_NAME = re.compile(r"[0-9a-f]{6}-\d{3,}\.png")


@dataclass(frozen=True, slots=True)
class PredictedMasks:
    """What an archive of masks holds.

    Attributes:
        masks: those that can be used, booleans (height, width), by name.
        wanted: how many there should be.
        notes: what is wrong with the others, a sentence for each kind of fault.
    """

    masks: Mapping[str, np.ndarray]
    wanted: int
    notes: tuple[Text, ...]

    @property
    def complete(self) -> bool:
        """Whether there is a usable mask for each image."""
        return len(self.masks) == self.wanted


def read_masks(archive: bytes | None, sizes: Mapping[str, Size]) -> PredictedMasks:
    """Return the masks in an archive; None is for one that was not handed in.

    Args:
        archive: its bytes.
        sizes: how large the mask of each image must be, by name.
    """
    if archive is None:
        return PredictedMasks({}, len(sizes), (_NONE.format(wanted=len(sizes)),))
    try:
        entries = entries_of(archive, sizes, ARCHIVE)
    except SubmissionError as error:
        return PredictedMasks({}, len(sizes), (error.text,))
    masks, faults = _decoded(entries.contents, sizes)
    faults |= entries.refused
    missing = [name for name in sizes if name not in masks and name not in faults]
    notes = tuple(_notes(missing, faults, entries.strangers))
    return PredictedMasks(masks, len(sizes), notes)


def measure(
    submission: Submission, given: Sequence[GivenImage]
) -> tuple[Measured, tuple[Text, ...]]:
    """Return what the masks of a submission are worth, and what its reader should know of them."""
    predicted = read_masks(submission.archive, sizes_of(given))
    scores = [
        mask_iou(predicted.masks[one.name], one.truth > 0)
        for one in given
        if one.name in predicted.masks
    ]
    measured = Measured(mean_iou(scores, len(given)), len(scores), len(given))
    # Where an archive came that could not be opened, the submission has a note of it already.
    return measured, () if submission.notes else predicted.notes


def _decoded(
    contents: Mapping[str, bytes], sizes: Mapping[str, Size]
) -> tuple[dict[str, np.ndarray], dict[str, Text]]:
    """Return the masks, and why other files are none, both by name."""
    from praktikum.grader.png_mask import MaskError, read_mask  # Pillow is an extra

    masks: dict[str, np.ndarray] = {}
    faults: dict[str, Text] = {}
    for name, content in contents.items():
        try:
            masks[name] = read_mask(content, sizes[name])
        except MaskError as error:
            faults[name] = error.text
    return masks, faults


def _notes(
    missing: Sequence[str], faults: Mapping[str, Text], strangers: Sequence[str]
) -> Iterator[Text]:
    """Yield a sentence for each kind of fault, with the names that have it."""
    of_another_set = [name for name in strangers if _GIVEN_NAME.fullmatch(name)]
    if missing and of_another_set:
        yield _ANOTHER_SET.format(came=of_another_set[0][:6], given=missing[0][:6])
    elif missing:
        yield _about(missing, _MISSING)
    kinds = list(dict.fromkeys(faults.values()))
    for why in kinds[:_SHOWN]:
        yield _about([name for name, fault in faults.items() if fault == why], why)
    if others := [name for name, fault in faults.items() if fault in kinds[_SHOWN:]]:
        yield _about(others, _OTHERWISE)
    if unasked := [name for name in strangers if name not in of_another_set]:
        yield _about(unasked, _UNASKED)


def _about(names: Sequence[str], what: Text) -> Text:
    shown = ", ".join(printable(name[:_LONGEST]) for name in names[:_SHOWN])
    more = len(names) - _SHOWN
    ru, en = (f" и ещё {more}", f" and {more} more") if more > 0 else ("", "")
    return Text(ru=f"{ARCHIVE}, {shown}{ru}: {what.ru}.", en=f"{ARCHIVE}, {shown}{en}: {what.en}.")


_NONE = Text(
    ru=f"Рядом с тетрадью нет {ARCHIVE}: сданных масок 0 из {{wanted}}.",
    en=f"There is no {ARCHIVE} beside the notebook: 0 of {{wanted}} masks were handed in.",
)
_MISSING = Text(ru="маски нет", en="there is no mask")
_ANOTHER_SET = Text(
    ru=f"{ARCHIVE}: маски других картинок (номера начинаются с {{came}}, а выданы {{given}}…); "
    "картинки лежат рядом с вашей тетрадью, в папке given.",
    en=f"{ARCHIVE}: masks of other images (their names begin with {{came}}, of those given with "
    "{given}); the images lie beside your notebook, in the folder given.",
)
_OTHERWISE = Text(ru="другие ошибки", en="other faults")
_UNASKED = Text(ru="такой маски не просили, она не учтена", en="not asked for, so passed over")
