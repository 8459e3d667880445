"""Checks of the IoU score.

The oracle: scikit-learn's Jaccard score of flat masks, one channel at a time.
"""

import numpy as np
import torch
from scipy.special import expit, logit
from sklearn.metrics import jaccard_score

from praktikum.checks import check, close

from .dice import called, masks_case


def jaccard(predicted, target):
    """Return the mean over channels of each example's Jaccard score, 1 where both are empty."""
    return np.array(
        [
            [
                jaccard_score(t.ravel(), p.ravel(), zero_division=1.0)
                for p, t in zip(*pair, strict=True)
            ]
            for pair in zip(predicted, target > 0.5, strict=True)
        ]
    ).mean(axis=1)


@check(part="unet", points="0.3")
def iou_of_examples(sub, rng):
    """
    ru: IoU каждого примера — среднее по каналам, затем усреднение или сумма по примерам.
    en: The IoU of each example is the mean over channels; then the mean or the sum over examples.
    hint ru: Сначала маска, потом пересечение и объединение.
    hint en: First the mask, then intersection and union.
    """
    case = masks_case(rng)
    return {
        str(reduction): called(sub.IoUScore(reduction), *case)
        for reduction in (None, "mean", "sum")
    }


@iou_of_examples.expects
def _(rng):
    logits, target = masks_case(rng)
    scores = jaccard(logits > 0, target)
    return {
        "None": close(scores, atol=1e-6),
        "mean": close(scores.sum() / 3, atol=1e-6),
        "sum": close(scores.sum(), atol=1e-6),
    }


@check(part="unet", points="0.1", needs=["iou_of_examples"])
def iou_by_threshold(sub, rng):
    """
    ru: Порог относится к вероятности — и когда на вход приходят логиты, и когда вероятности.
    en: The threshold is one of probability, whether logits come in or probabilities.
    """
    logits, target = masks_case(rng)
    return {
        "logits": called(sub.IoUScore(None, threshold=0.8), logits, target),
        "probabilities": called(
            sub.IoUScore(None, from_logits=False, threshold=0.2), expit(logits), target
        ),
    }


@iou_by_threshold.expects
def _(rng):
    logits, target = masks_case(rng)
    return {
        "logits": close(jaccard(logits > logit(0.8), target), atol=1e-6),
        "probabilities": close(jaccard(logits > logit(0.2), target), atol=1e-6),
    }


@check(part="unet", points="0.1", needs=["iou_of_examples"])
def iou_of_nothing(sub, rng):
    """
    ru: Обе маски пусты — IoU равен 1; пуста только одна — 0.
    en: Where both masks are empty, IoU is 1; where only one is, 0.
    hint ru: Что такое 0/0 в PyTorch?
    hint en: What is 0/0 in PyTorch?
    """
    del rng
    nothing, something = torch.full((1, 1, 2, 2), -3.0), torch.full((1, 1, 2, 2), 3.0)
    score = sub.IoUScore()
    return {
        "both empty": float(score(nothing, torch.zeros(1, 1, 2, 2))),
        "only the prediction": float(score(nothing, torch.ones(1, 1, 2, 2))),
        "only the target": float(score(something, torch.zeros(1, 1, 2, 2))),
    }


@iou_of_nothing.expects
def _(rng):
    del rng
    return {
        "both empty": close(1.0),
        "only the prediction": close(0.0),
        "only the target": close(0.0),
    }
