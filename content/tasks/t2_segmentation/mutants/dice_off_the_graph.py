"""
ru: Результат собран в новый тензор, и граф потерян.
en: The result is put into a new tensor, and the graph is lost.
"""

import torch

FAILS = ["dice_gradient"]


class DiceLoss:
    def forward(self, outputs, target):
        probabilities = torch.sigmoid(outputs) if self.from_logits else outputs
        common = (probabilities * target).sum(dim=(2, 3))
        total = probabilities.sum(dim=(2, 3)) + target.sum(dim=(2, 3))
        dice = (2 * common + self.smooth) / (total + self.smooth)
        return torch.tensor(reduce(1 - dice.mean(dim=1), self.reduction).tolist(), dtype=dice.dtype)
