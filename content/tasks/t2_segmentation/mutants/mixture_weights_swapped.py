"""
ru: Веса перепутаны.
en: The weights are swapped.
"""

from torch.nn import functional

FAILS = ["mixture_of_losses"]


class BCEDiceLoss:
    def forward(self, logits, target):
        per_pixel = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
        bce = per_pixel.mean(dim=(1, 2, 3))
        per_example = self.dice_weight * bce + self.bce_weight * self.dice(logits, target)
        return reduce(per_example, self.reduction)
