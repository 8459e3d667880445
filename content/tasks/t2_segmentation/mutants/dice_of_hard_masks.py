"""
ru: Вероятности округлены до маски: градиента нет.
en: Probabilities are rounded to a mask: there is no gradient.
"""

import torch

FAILS = ["dice_of_examples", "dice_of_probabilities"]


class DiceLoss:
    def forward(self, outputs, target):
        probabilities = torch.sigmoid(outputs) if self.from_logits else outputs
        probabilities = (probabilities > 0.5).to(outputs.dtype)
        common = (probabilities * target).sum(dim=(2, 3))
        total = probabilities.sum(dim=(2, 3)) + target.sum(dim=(2, 3))
        dice = (2 * common + self.smooth) / (total + self.smooth)
        return reduce(1 - dice.mean(dim=1), self.reduction)
