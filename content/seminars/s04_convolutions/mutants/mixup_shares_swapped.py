"""
ru: В ответах доли своего и чужого перепутаны.
en: In the answers the own share and the other one are mistaken for each other.
"""

from torch import nn

FAILS = ["mixup_targets"]


def mixup(images, labels, n_classes, shares, partners):
    certain = nn.functional.one_hot(labels, n_classes).to(images.dtype)
    share = shares[:, None, None, None]
    mixed = share * images + (1 - share) * images[partners]
    return mixed, (1 - shares[:, None]) * certain + shares[:, None] * certain[partners]
