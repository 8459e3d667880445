"""Losses for masks: Dice, and its mixture with binary cross-entropy.

Milletari, Navab, Ahmadi, 2016, "V-Net", section 3: the Dice coefficient compares regions as
wholes, so a small object weighs as much as a large one; cross-entropy compares pixels, and its
gradient is smoother. Mixtures take from both. Channels are scored each by itself: for exclusive
classes hand in softmax probabilities and a one-hot target.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from .errors import SettingError

__all__ = ["BCEDiceLoss", "DiceLoss", "Reduction", "reduce"]

Reduction = str | None  # "mean" or "sum"


def reduce(per_example: Float[Tensor, " batch"], reduction: Reduction) -> Float[Tensor, "..."]:
    """Return one number for each example (None), or their mean or sum."""
    if reduction is None:
        return per_example
    return per_example.mean() if reduction == "mean" else per_example.sum()


def check_reduction(reduction: Reduction) -> None:
    """Raise SettingError unless `reduction` is None, "mean" or "sum"."""
    if reduction not in (None, "mean", "sum"):
        raise SettingError(f"reduction must be None, 'mean' or 'sum', got {reduction!r}")


class DiceLoss(nn.Module):
    """1 - (2 Σ p·t + smooth) / (Σ p + Σ t + smooth) over the pixels of a channel.

    reduction:   None for a loss of each example (the mean over its channels), "mean" or "sum"
                 over examples
    from_logits: whether what comes are logits, passed through a sigmoid, or probabilities
    smooth:      pixels; above 0, so that an empty mask predicted as empty costs 0 and not 0/0
    """

    def __init__(
        self, reduction: Reduction = "mean", *, from_logits: bool = True, smooth: float = 1.0
    ) -> None:
        super().__init__()
        check_reduction(reduction)
        if smooth <= 0:
            raise SettingError(f"smooth must be above 0, got {smooth}")
        self.reduction = reduction
        self.from_logits = from_logits
        self.smooth = smooth

    def forward(
        self,
        outputs: Float[Tensor, "batch channels height width"],
        target: Float[Tensor, "batch channels height width"],
    ) -> Float[Tensor, "..."]:
        """Return the loss: a scalar, or (batch,) without reduction. `target` is in [0, 1]."""
        probabilities = torch.sigmoid(outputs) if self.from_logits else outputs
        common = (probabilities * target).sum(dim=(2, 3))  # (batch, channels)
        total = probabilities.sum(dim=(2, 3)) + target.sum(dim=(2, 3))
        dice = (2 * common + self.smooth) / (total + self.smooth)
        return reduce(1 - dice.mean(dim=1), self.reduction)


class BCEDiceLoss(nn.Module):
    """bce_weight · BCE + dice_weight · Dice, of logits.

    BCE is averaged over the pixels of an example, so both parts are of one scale. With
    `dice_weight=0` it is pure cross-entropy, with `bce_weight=0` pure Dice.
    """

    def __init__(
        self,
        bce_weight: float = 0.5,
        dice_weight: float = 0.5,
        reduction: Reduction = "mean",
        *,
        smooth: float = 1.0,
    ) -> None:
        super().__init__()
        check_reduction(reduction)
        if min(bce_weight, dice_weight) < 0 or bce_weight + dice_weight == 0:
            raise SettingError(
                "bce_weight and dice_weight must be 0 or more and not both 0, "
                f"got {bce_weight} and {dice_weight}"
            )
        self.bce_weight = bce_weight
        self.dice_weight = dice_weight
        self.reduction = reduction
        self.dice = DiceLoss(None, smooth=smooth)

    def forward(
        self,
        logits: Float[Tensor, "batch channels height width"],
        target: Float[Tensor, "batch channels height width"],
    ) -> Float[Tensor, "..."]:
        """Return the loss: a scalar, or (batch,) without reduction. `target` is in [0, 1]."""
        per_pixel = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
        bce = per_pixel.mean(dim=(1, 2, 3))  # (batch,)
        per_example = self.bce_weight * bce + self.dice_weight * self.dice(logits, target)
        return reduce(per_example, self.reduction)
