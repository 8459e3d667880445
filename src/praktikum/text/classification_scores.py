"""Accuracy, precision, recall and F1, also as a metric of 🤗 evaluate that needs no network.

`evaluate.load("f1")` fetches the metric's code from the Hub; `scores_metric()` is such an object
with the code at hand. Definitions are scikit-learn's: a label's precision is the share of true ones
among its predictions, its recall the share that was found among the true ones, F1 their harmonic
mean; 0 where there is nothing to divide by.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from .errors import SettingError, ShapeError

if TYPE_CHECKING:
    import evaluate

__all__ = ["Average", "classification_scores", "scores_metric"]

Average = Literal["macro", "binary"]


def classification_scores(
    predictions: ArrayLike, references: ArrayLike, average: str = "macro"
) -> dict[str, float]:
    """Return accuracy, precision, recall and F1 of predicted labels.

    Args:
        predictions: whole numbers from 0 on.
        references: the true ones, as many.
        average: ``macro``, the mean over all labels that are true or predicted somewhere; or
            ``binary``, of label 1 alone.

    Raises ShapeError: numbers of labels differ, or there are none. SettingError: another average.
    """
    predicted, true = np.asarray(predictions), np.asarray(references)
    if predicted.shape != true.shape or true.ndim != 1 or not len(true):
        raise ShapeError(
            f"wanted as many predictions as references, at least one, in a row; got shapes "
            f"{predicted.shape} and {true.shape}"
        )
    if average not in get_args(Average):
        raise SettingError(f"average={average!r} must be one of {', '.join(get_args(Average))}")
    n_labels = max(2, int(predicted.max()) + 1, int(true.max()) + 1)
    hits, n_predicted, n_true = (
        np.bincount(labels, minlength=n_labels)
        for labels in (true[predicted == true], predicted, true)
    )
    precision = hits / np.maximum(n_predicted, 1)
    recall = hits / np.maximum(n_true, 1)
    f1 = 2 * hits / np.maximum(n_predicted + n_true, 1)
    which = n_predicted + n_true > 0 if average == "macro" else np.arange(n_labels) == 1
    averages = {"precision": precision, "recall": recall, "f1": f1}
    means = {name: float(values[which].mean()) for name, values in averages.items()}
    return {"accuracy": float(hits.sum() / len(true))} | means


def scores_metric(**settings: Any) -> evaluate.Metric:
    """Return `classification_scores` as a metric of 🤗 evaluate: `add_batch`, `compute`, `combine`.

    Args:
        settings: of `evaluate.Metric`; it keeps what it is given in memory unless they say else.
    """
    import datasets  # type: ignore[import-untyped]
    import evaluate

    class ClassificationScores(evaluate.Metric):  # type: ignore[misc]
        def _info(self) -> evaluate.MetricInfo:
            label = datasets.Value("int64")
            return evaluate.MetricInfo(
                description="Accuracy, precision, recall and F1 of predicted labels.",
                citation="",
                inputs_description="predictions and references: labels; average: macro or binary.",
                features=datasets.Features({"predictions": label, "references": label}),
            )

        def _compute(
            self, predictions: Sequence[int], references: Sequence[int], average: str = "macro"
        ) -> dict[str, float]:
            return classification_scores(predictions, references, average)

    return ClassificationScores(**({"keep_in_memory": True} | settings))
