"""What a student predicted for what was given: read, and measured against the truth.

Masks of images, or speech of noisy recordings. What can be read is told without the truth, so a
student's own check says it too. One whose prediction is missing or cannot be used counts 0; the
notes name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from praktikum.checks import Text
from praktikum.course.given import Given, Size, sizes_of
from praktikum.course.given_images import GivenImage
from praktikum.course.predictions_asked import MASKS, SPEECH, Prediction
from praktikum.grader.archive import entries_of
from praktikum.grader.facts import Measured
from praktikum.grader.faulty_prediction import FaultyPrediction
from praktikum.grader.iou import mask_iou, mean_score
from praktikum.grader.phrasing import printable
from praktikum.grader.si_sdr import si_sdr
from praktikum.grader.submission import Submission, SubmissionError
from praktikum.grader.wav_speech import read_speech

__all__ = ["Predictions", "measure", "read_predictions", "score"]

_SHOWN = 5  # names in a note, and kinds of faults
_LONGEST = 40  # characters of a name in a note
_GIVEN_NAME = re.compile(r"[0-9a-f]{6}-\d{3,}\.(png|wav)")


@dataclass(frozen=True, slots=True)
class Predictions:
    """What an archive of predictions holds.

    Attributes:
        usable: those that can be used, by name: masks are booleans (height, width), speech is
            16-bit samples (time,).
        wanted: how many there should be.
        notes: what is wrong with the others, a sentence for each kind of fault.
    """

    usable: Mapping[str, np.ndarray]
    wanted: int
    notes: tuple[Text, ...]

    @property
    def complete(self) -> bool:
        """Whether there is a usable one for each that was given."""
        return len(self.usable) == self.wanted


def read_predictions(
    archive: bytes | None, sizes: Mapping[str, Size], kind: Prediction = MASKS
) -> Predictions:
    """Return the predictions in an archive; None is for one that was not handed in.

    Args:
        archive: its bytes.
        sizes: how large each must be, by name.
        kind: what was asked for.
    """
    if archive is None:
        none = _NONE[kind].format(name=kind.archive, wanted=len(sizes))
        return Predictions({}, len(sizes), (none,))
    try:
        entries = entries_of(archive, sizes, kind.archive)
    except SubmissionError as error:
        return Predictions({}, len(sizes), (error.text,))
    usable, faults = _decoded(entries.contents, sizes, kind)
    faults |= entries.refused
    missing = [name for name in sizes if name not in usable and name not in faults]
    notes = tuple(_notes(missing, faults, entries.strangers, kind))
    return Predictions(usable, len(sizes), notes)


def measure(submission: Submission, given: Sequence[Given]) -> tuple[Measured, tuple[Text, ...]]:
    """Return what a submission's predictions are worth, and what its reader should know of them."""
    kind = MASKS if isinstance(given[0], GivenImage) else SPEECH
    predicted = read_predictions(submission.archive, sizes_of(given), kind)
    usable = predicted.usable
    scores = [score(usable[one.name], one) for one in given if one.name in usable]
    measured = Measured(mean_score(scores, len(given)), len(scores), len(given), kind.measure)
    # Where an archive came that could not be opened, the submission has a note of it already.
    return measured, () if submission.notes else predicted.notes


def score(predicted: np.ndarray, one: Given) -> Fraction:
    """Return what one prediction is worth: the IoU of a mask, or the SI-SDR of speech in dB."""
    if isinstance(one, GivenImage):
        return mask_iou(predicted, one.truth > 0)
    return si_sdr(predicted, one.truth)


def _decoded(
    contents: Mapping[str, bytes], sizes: Mapping[str, Size], kind: Prediction
) -> tuple[dict[str, np.ndarray], dict[str, Text]]:
    """Return what can be used, and why other files cannot, both by name."""
    usable: dict[str, np.ndarray] = {}
    faults: dict[str, Text] = {}
    for name, content in contents.items():
        try:
            usable[name] = _read(content, sizes[name], kind)
        except FaultyPrediction as error:
            faults[name] = error.text
    return usable, faults


def _read(content: bytes, size: Size, kind: Prediction) -> np.ndarray:
    if kind is SPEECH:
        return read_speech(content, size)
    from praktikum.grader.png_mask import read_mask  # Pillow is an extra

    return read_mask(content, size)


def _notes(
    missing: Sequence[str],
    faults: Mapping[str, Text],
    strangers: Sequence[str],
    kind: Prediction,
) -> Iterator[Text]:
    """Yield a sentence for each kind of fault, with the names that have it."""
    of_another_set = [name for name in strangers if _GIVEN_NAME.fullmatch(name)]
    if missing and of_another_set:
        marks = {"came": of_another_set[0][:6], "given": missing[0][:6]}
        yield _ANOTHER_SET[kind].format(name=kind.archive, **marks)
    elif missing:
        yield _about(missing, _MISSING[kind], kind)
    kinds = list(dict.fromkeys(faults.values()))
    for why in kinds[:_SHOWN]:
        yield _about([name for name, fault in faults.items() if fault == why], why, kind)
    if others := [name for name, fault in faults.items() if fault in kinds[_SHOWN:]]:
        yield _about(others, _OTHERWISE, kind)
    if unasked := [name for name in strangers if name not in of_another_set]:
        yield _about(unasked, _UNASKED[kind], kind)


def _about(names: Sequence[str], what: Text, kind: Prediction) -> Text:
    shown = ", ".join(printable(name[:_LONGEST]) for name in names[:_SHOWN])
    more = len(names) - _SHOWN
    ru, en = (f" и ещё {more}", f" and {more} more") if more > 0 else ("", "")
    place = f"{kind.archive}, {shown}"
    return Text(ru=f"{place}{ru}: {what.ru}.", en=f"{place}{en}: {what.en}.")


_NONE = {
    MASKS: Text(
        ru="Рядом с тетрадью нет {name}: сданных масок 0 из {wanted}.",
        en="There is no {name} beside the notebook: 0 of {wanted} masks were handed in.",
    ),
    SPEECH: Text(
        ru="Рядом с тетрадью нет {name}: сданных записей 0 из {wanted}.",
        en="There is no {name} beside the notebook: 0 of {wanted} recordings were handed in.",
    ),
}
_MISSING = {
    MASKS: Text(ru="маски нет", en="there is no mask"),
    SPEECH: Text(ru="записи нет", en="there is no recording"),
}
_ANOTHER_SET = {
    MASKS: Text(
        ru="{name}: маски других картинок (номера начинаются с {came}, а выданы {given}…); "
        "картинки лежат рядом с вашей тетрадью, в папке given.",
        en="{name}: masks of other images (their names begin with {came}, of those given with "
        "{given}); the images lie beside your notebook, in the folder given.",
    ),
    SPEECH: Text(
        ru="{name}: речь из других записей (номера начинаются с {came}, а выданы {given}…); "
        "записи лежат рядом с вашей тетрадью, в папке given.",
        en="{name}: speech of other recordings (their names begin with {came}, of those given with "
        "{given}); the recordings lie beside your notebook, in the folder given.",
    ),
}
_OTHERWISE = Text(ru="другие ошибки", en="other faults")
_UNASKED = {
    MASKS: Text(ru="такой маски не просили, она не учтена", en="not asked for, so passed over"),
    SPEECH: Text(ru="такой записи не просили, она не учтена", en="not asked for, so passed over"),
}
