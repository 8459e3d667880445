"""
ru: С порогом вероятности сравниваются логиты.
en: Logits are compared with the threshold of probability.
"""

import torch

FAILS = ["iou_of_examples"]


class IoUScore:
    @torch.no_grad()
    def forward(self, outputs, target):
        iou = _iou_of_masks(outputs > self.threshold, target > 0.5)
        return reduce(iou.mean(dim=1), self.reduction)
