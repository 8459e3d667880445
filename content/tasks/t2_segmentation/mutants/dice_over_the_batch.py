"""
ru: Сумма взята и по батчу: большие объекты заслоняют малые.
en: The sum goes over the batch too: large objects hide small ones.
"""

import torch

FAILS = ["dice_of_examples", "dice_of_probabilities"]


class DiceLoss:
    def forward(self, outputs, target):
        probabilities = torch.sigmoid(outputs) if self.from_logits else outputs
        common = (probabilities * target).sum(dim=(0, 2, 3), keepdim=True)
        total = (probabilities + target).sum(dim=(0, 2, 3), keepdim=True)
        dice = (2 * common + self.smooth) / (total + self.smooth)
        return reduce((1 - dice).mean().expand(len(outputs)), self.reduction)
