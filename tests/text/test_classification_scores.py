"""Scores of labels beside scikit-learn's, also through 🤗 evaluate."""

import evaluate
import numpy as np
import pytest
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from praktikum.text.classification_scores import classification_scores, scores_metric
from praktikum.text.errors import SettingError, ShapeError


def sklearns(predictions, references, average):
    scores = precision_recall_fscore_support(
        references, predictions, average=average, zero_division=0
    )
    named = dict(zip(("precision", "recall", "f1"), scores[:3], strict=True))
    return {"accuracy": accuracy_score(references, predictions)} | named


def labels(seed, n_labels):
    return np.random.default_rng(seed).integers(n_labels, size=(2, 30))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("n_labels", "average"), [(2, "binary"), (2, "macro"), (9, "macro")])
def test_scores_are_scikit_learns(seed, n_labels, average):
    predictions, references = labels(seed, n_labels)
    expected = sklearns(predictions, references, average)
    assert classification_scores(predictions, references, average) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("predictions", "references"),
    [([0, 0, 0], [0, 1, 1]), ([1, 1], [0, 0]), ([0], [0]), ([5, 0], [0, 5]), ([3, 3], [3, 3])],
)
def test_labels_that_are_never_predicted_or_never_true_are_scikit_learns(predictions, references):
    expected = sklearns(predictions, references, "macro")
    assert classification_scores(predictions, references) == pytest.approx(expected)


def test_positives_that_there_are_none_of_score_nothing():
    assert classification_scores([0, 0], [0, 0], "binary") == {
        "accuracy": 1.0,
        "precision": 0.0,
        "recall": 0.0,
        "f1": 0.0,
    }


def test_batches_are_gathered_by_evaluate(tmp_path):
    predictions, references = labels(0, 3)
    metric = scores_metric(cache_dir=str(tmp_path))
    assert isinstance(metric, evaluate.EvaluationModule)
    for rows in (slice(20), slice(20, None)):
        metric.add_batch(predictions=predictions[rows], references=references[rows])
    assert metric.compute() == pytest.approx(sklearns(predictions, references, "macro"))


def test_it_can_be_combined_with_other_metrics(tmp_path):
    predictions, references = labels(1, 2)
    metric = scores_metric(cache_dir=str(tmp_path))
    both = evaluate.combine([metric])
    found = both.compute(predictions=predictions, references=references, average="binary")
    assert found == pytest.approx(sklearns(predictions, references, "binary"))


@pytest.mark.parametrize(
    ("predictions", "references"), [([1], [1, 0]), ([], []), ([[1]], [[1]])], ids=str
)
def test_rows_that_do_not_fit_are_refused(predictions, references):
    with pytest.raises(ShapeError, match="wanted as many predictions as references"):
        classification_scores(predictions, references)


def test_an_unknown_average_is_refused():
    with pytest.raises(SettingError, match="average='micro' must be one of macro, binary"):
        classification_scores([1], [1], "micro")
