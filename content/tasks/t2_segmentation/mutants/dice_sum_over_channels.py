"""
ru: В сумму по примерам попали и каналы.
en: The sum over examples takes in channels too.
"""

import torch

FAILS = ["dice_reductions"]


class DiceLoss:
    def forward(self, outputs, target):
        probabilities = torch.sigmoid(outputs) if self.from_logits else outputs
        common = (probabilities * target).sum(dim=(2, 3))
        total = probabilities.sum(dim=(2, 3)) + target.sum(dim=(2, 3))
        dice = 1 - (2 * common + self.smooth) / (total + self.smooth)
        if self.reduction == "sum":
            return dice.mean() * dice.numel()
        return reduce(dice.mean(dim=1), self.reduction)
