"""
ru: Потери усреднены, что бы ни просили.
en: The loss is averaged, whatever was asked.
"""

import torch

FAILS = ["dice_of_examples", "dice_of_probabilities", "dice_of_nothing"]


class DiceLoss:
    def forward(self, outputs, target):
        probabilities = torch.sigmoid(outputs) if self.from_logits else outputs
        common = (probabilities * target).sum(dim=(2, 3))
        total = probabilities.sum(dim=(2, 3)) + target.sum(dim=(2, 3))
        dice = (2 * common + self.smooth) / (total + self.smooth)
        return 1 - dice.mean()
