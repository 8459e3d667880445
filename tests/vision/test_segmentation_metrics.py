"""IoU, confusion of classes, and averages that do not depend on batches."""

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix as sklearn_confusion
from sklearn.metrics import jaccard_score

from praktikum.vision.errors import SettingError
from praktikum.vision.segmentation_metrics import (
    ConfusionMatrix,
    IoUScore,
    WeightedMean,
    confusion_matrix,
    iou_per_class,
)


@pytest.fixture
def pair():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(6, 1, 5, 4, generator=generator)
    return logits, (torch.rand(6, 1, 5, 4, generator=generator) > 0.6).float()


@pytest.fixture
def classes():
    generator = torch.Generator().manual_seed(1)
    predicted = torch.randint(4, (7, 5, 6), generator=generator)
    return predicted, torch.randint(4, (7, 5, 6), generator=generator)


def test_the_score_of_a_picture_is_sklearns_jaccard_score(pair):
    scores = IoUScore(None)(*pair)
    expected = [
        jaccard_score(target.ravel() > 0.5, logits.ravel() > 0)
        for logits, target in zip(*(part.numpy() for part in pair), strict=True)
    ]
    np.testing.assert_allclose(scores.numpy(), expected, rtol=1e-6)


def test_mean_and_sum_are_over_the_scores_of_pictures(pair):
    each = IoUScore(None)(*pair)
    torch.testing.assert_close(IoUScore("mean")(*pair), each.mean())
    torch.testing.assert_close(IoUScore("sum")(*pair), each.sum())


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.9])
def test_logits_and_their_probabilities_score_the_same(threshold, pair):
    logits, target = pair
    by_logits = IoUScore(threshold=threshold)(logits, target)
    by_probabilities = IoUScore(threshold=threshold, from_logits=False)(logits.sigmoid(), target)
    assert by_logits == by_probabilities


@pytest.mark.parametrize(("predicted", "score"), [(0.0, 1.0), (1.0, 0.0)])
def test_a_picture_of_nothing_is_right_when_nothing_is_found(predicted, score):
    outputs = torch.full((1, 1, 3, 3), predicted)
    assert IoUScore(from_logits=False)(outputs, torch.zeros(1, 1, 3, 3)) == score


def test_each_channel_is_scored_by_itself(pair):
    logits, target = pair
    both = IoUScore(None)(torch.cat([logits, -logits], 1), torch.cat([target, target], 1))
    alone = (IoUScore(None)(logits, target) + IoUScore(None)(-logits, target)) / 2
    torch.testing.assert_close(both, alone)


def test_the_confusion_matrix_is_that_of_sklearn(classes):
    predicted, target = classes
    expected = sklearn_confusion(target.ravel(), predicted.ravel())
    assert confusion_matrix(predicted, target, 4).tolist() == expected.tolist()


def test_the_iou_of_classes_is_sklearns_jaccard_score(classes):
    predicted, target = classes
    iou = iou_per_class(confusion_matrix(predicted, target, 4))
    expected = jaccard_score(target.ravel(), predicted.ravel(), average=None)
    np.testing.assert_allclose(iou.numpy(), expected, rtol=1e-6)


def test_a_class_that_never_occurs_has_no_iou(classes):
    assert iou_per_class(confusion_matrix(*classes, 5)).isnan().tolist() == [False] * 4 + [True]


def test_pixels_without_an_answer_are_left_out(classes):
    predicted, target = classes
    unknown = torch.where(torch.arange(6) < 2, 255, target)
    expected = confusion_matrix(predicted[..., 2:], target[..., 2:], 4)
    assert confusion_matrix(predicted, unknown, 4).equal(expected)


@pytest.mark.parametrize("sizes", [(7,), (3, 4), (5, 1, 1)])
def test_confusion_does_not_depend_on_how_pictures_fall_into_batches(sizes, classes):
    matrix = ConfusionMatrix(4)
    for batch in zip(*(part.split(sizes) for part in classes), strict=True):
        matrix.update(*batch)
    torch.testing.assert_close(matrix.iou(), iou_per_class(confusion_matrix(*classes, 4)))


@pytest.mark.parametrize("sizes", [(6,), (4, 2), (5, 1)])
def test_the_mean_score_does_not_depend_on_how_pictures_fall_into_batches(sizes, pair):
    mean = WeightedMean()
    for logits, target in zip(*(part.split(sizes) for part in pair), strict=True):
        mean.update(IoUScore()(logits, target), len(logits))
    assert mean.value() == pytest.approx(IoUScore(None)(*pair).mean().item(), rel=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: IoUScore("none"), "reduction must be None, 'mean' or 'sum', got 'none'"),
        (lambda: IoUScore(threshold=1), "threshold must be between 0 and 1, got 1"),
        (lambda: WeightedMean().value(), "no mean of no examples"),
        (lambda: WeightedMean().update(1.0, 0), "size must be at least 1 example, got 0"),
        (
            lambda: confusion_matrix(torch.tensor([5]), torch.tensor([0]), 3),
            "predicted classes must be 0 to 2, got 5 to 5",
        ),
    ],
)
def test_what_cannot_be_measured_is_refused(call, message):
    with pytest.raises(SettingError, match=message):
        call()
