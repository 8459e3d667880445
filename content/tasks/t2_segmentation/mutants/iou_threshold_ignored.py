"""
ru: Порог всегда 0,5.
en: The threshold is always 0.5.
"""

import torch

FAILS = ["iou_by_threshold"]


class IoUScore:
    @torch.no_grad()
    def forward(self, outputs, target):
        probabilities = torch.sigmoid(outputs) if self.from_logits else outputs
        iou = _iou_of_masks(probabilities > 0.5, target > 0.5)
        return reduce(iou.mean(dim=1), self.reduction)
