"""
ru: BCE усреднена по батчу и прибавлена к каждому примеру.
en: BCE is averaged over the batch and added to each example.
"""

from torch.nn import functional

FAILS = ["mixture_of_losses"]


class BCEDiceLoss:
    def forward(self, logits, target):
        bce = functional.binary_cross_entropy_with_logits(logits, target)
        per_example = self.bce_weight * bce + self.dice_weight * self.dice(logits, target)
        return reduce(per_example, self.reduction)
