"""
ru: BCE сложена по пикселям: Dice рядом с ней не виден.
en: BCE is summed over pixels: beside it Dice is not seen.
"""

from torch.nn import functional

FAILS = ["mixture_of_losses"]


class BCEDiceLoss:
    def forward(self, logits, target):
        per_pixel = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
        bce = per_pixel.sum(dim=(1, 2, 3))
        per_example = self.bce_weight * bce + self.dice_weight * self.dice(logits, target)
        return reduce(per_example, self.reduction)
