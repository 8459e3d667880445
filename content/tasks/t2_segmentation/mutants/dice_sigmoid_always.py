"""
ru: Вероятности ещё раз пропущены через сигмоиду.
en: Probabilities go through the sigmoid once more.
"""

import torch

FAILS = ["dice_of_probabilities", "dice_of_nothing"]


class DiceLoss:
    def forward(self, outputs, target):
        probabilities = torch.sigmoid(outputs)
        common = (probabilities * target).sum(dim=(2, 3))
        total = probabilities.sum(dim=(2, 3)) + target.sum(dim=(2, 3))
        dice = (2 * common + self.smooth) / (total + self.smooth)
        return reduce(1 - dice.mean(dim=1), self.reduction)
