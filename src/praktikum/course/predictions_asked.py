"""What a task can ask to be predicted for what it gives: masks of images, speech of recordings."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MASKS", "SPEECH", "Prediction", "prediction_of"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """A kind of prediction, handed in as an archive beside the notebook.

    Attributes:
        measure: by which it is graded: facts are stored under this name, and a part of a task
            gives points ``by_…`` it.
        title: of the measure, for people.
        archive: the name of what students hand in: a file for each one given, of the same name.
        ending: of the names of the files.
        drawn_by: the function of ``predictions.py`` that draws one.
    """

    measure: str
    title: str
    archive: str
    ending: str
    drawn_by: str


MASKS = Prediction("iou", "IoU", "masks.zip", ".png", "picture")
SPEECH = Prediction("si_sdr", "SI-SDR", "speech.zip", ".wav", "mixture")


def prediction_of(measure: str) -> Prediction:
    """Return the kind that is graded by this measure; KeyError where there is none."""
    return {kind.measure: kind for kind in (MASKS, SPEECH)}[measure]
