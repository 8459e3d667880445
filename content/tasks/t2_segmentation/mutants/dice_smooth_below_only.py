"""
ru: smooth прибавлен только к знаменателю.
en: smooth is added to the denominator only.
"""

import torch

FAILS = ["dice_of_examples", "dice_of_probabilities", "dice_of_nothing"]


class DiceLoss:
    def forward(self, outputs, target):
        probabilities = torch.sigmoid(outputs) if self.from_logits else outputs
        common = (probabilities * target).sum(dim=(2, 3))
        total = probabilities.sum(dim=(2, 3)) + target.sum(dim=(2, 3))
        return reduce(1 - (2 * common / (total + self.smooth)).mean(dim=1), self.reduction)
