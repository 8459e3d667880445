"""Checks of mixup.

The oracle: a loop over the pictures, and matrices of the shares for the targets.
"""

import numpy as np
import torch

from praktikum.checks import check, close, equal


def mixup_case(rng):
    """Pictures, labels, shares and partners of a batch of 6, with 4 classes."""
    images, labels = rng.normal(size=(6, 2, 3, 5)), rng.integers(0, 4, size=6)
    return images, labels, rng.uniform(size=6), rng.permutation(6)


@check(part="mixup")
def mixup_pictures(sub, rng):
    """
    ru: Картинки смешаны каждая со своим партнёром и в своей доле.
    en: Each picture is mixed with its own partner and by its own share.
    """
    images, labels, shares, partners = map(torch.from_numpy, mixup_case(rng))
    return {"images": sub.mixup(images, labels, 4, shares, partners)[0].numpy()}


@mixup_pictures.expects
def _(rng):
    images, _, shares, partners = mixup_case(rng)
    rows = [
        share * image + (1 - share) * images[partner]
        for image, share, partner in zip(images, shares, partners, strict=True)
    ]
    return {"images": close(np.stack(rows))}


@check(part="mixup")
def mixup_targets(sub, rng):
    """
    ru: Вероятности классов смешаны в тех же долях, тип тот же, что у картинок.
    en: The probabilities of classes are mixed by the same shares, in the dtype of the pictures.
    """
    images, labels, shares, partners = map(torch.from_numpy, mixup_case(rng))
    targets = sub.mixup(images, labels, 4, shares, partners)[1]
    return {"targets": targets.numpy(), "dtype": str(targets.dtype)}


@mixup_targets.expects
def _(rng):
    _, labels, shares, partners = mixup_case(rng)
    certain = np.eye(4)[labels]
    targets = np.diag(shares) @ certain + np.diag(1 - shares) @ certain[partners]
    return {"targets": close(targets), "dtype": equal("torch.float64")}
