"""
ru: Потери оторваны от графа.
en: The loss is cut off the graph.
"""

FAILS = ["step_of_objective"]


class SegmentationObjective:
    def __call__(self, model, batch):
        images, masks = batch
        logits = model(images)
        loss = self.loss(logits, masks).detach().requires_grad_()
        return Step(loss, len(images), {"iou": self.iou(logits, masks)})
