"""
ru: IoU получает вероятности, а ждёт логиты.
en: The IoU score gets probabilities, and expects logits.
"""

import torch

FAILS = ["step_of_objective"]


class SegmentationObjective:
    def __call__(self, model, batch):
        images, masks = batch
        logits = model(images)
        iou = self.iou(torch.sigmoid(logits), masks)
        return Step(self.loss(logits, masks), len(images), {"iou": iou})
