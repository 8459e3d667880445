"""How well masks agree: intersection over union, confusion of classes, and honest averages.

Two averages are in use and differ: the mean over pictures of each picture's IoU (`IoUScore`,
what the course asks for), and the IoU of all pixels taken together (`ConfusionMatrix`, as in
Everingham et al., 2010, "The PASCAL visual object classes challenge", section 4.3). Neither may
depend on how pictures fall into batches: a mean of batch means does, when the last batch is
smaller; `WeightedMean` and counts do not.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from .errors import SettingError
from .segmentation_losses import Reduction, check_reduction, reduce

__all__ = ["ConfusionMatrix", "IoUScore", "WeightedMean", "confusion_matrix", "iou_per_class"]


class IoUScore(nn.Module):
    """Intersection over union of each channel's thresholded mask; 1 where both are empty.

    reduction:   None for a score of each example (the mean over its channels), "mean" or "sum"
                 over examples
    from_logits: whether what comes are logits or probabilities
    threshold:   probability above which a pixel belongs to the mask, between 0 and 1
    """

    def __init__(
        self,
        reduction: Reduction = "mean",
        *,
        from_logits: bool = True,
        threshold: float = 0.5,
    ) -> None:
        super().__init__()
        check_reduction(reduction)
        if not 0 < threshold < 1:
            raise SettingError(f"threshold must be between 0 and 1, got {threshold}")
        self.reduction = reduction
        self.from_logits = from_logits
        self.threshold = threshold

    @torch.no_grad()
    def forward(
        self,
        outputs: Float[Tensor, "batch channels height width"],
        target: Float[Tensor, "batch channels height width"],
    ) -> Float[Tensor, "..."]:
        """Return the score: a scalar, or (batch,) without reduction; of `target`, what is > 0.5."""
        probabilities = torch.sigmoid(outputs) if self.from_logits else outputs
        iou = _iou_of_masks(probabilities > self.threshold, target > 0.5)
        return reduce(iou.mean(dim=1), self.reduction)


def _iou_of_masks(
    predicted: Bool[Tensor, "batch channels height width"],
    target: Bool[Tensor, "batch channels height width"],
) -> Float[Tensor, "batch channels"]:
    """Return the IoU of each mask; 1 where both are empty."""
    intersection = (predicted & target).sum(dim=(2, 3))
    union = (predicted | target).sum(dim=(2, 3))
    return torch.where(union > 0, intersection / union.clamp_min(1), 1.0)


def confusion_matrix(
    predicted: Int[Tensor, "*shape"], target: Int[Tensor, "*shape"], num_classes: int
) -> Int[Tensor, "num_classes num_classes"]:
    """Return how many pixels of each class (row) were given to each class (column).

    Pixels whose target is outside of 0 … num_classes - 1, such as 255 for "no answer", are left
    out. Raises SettingError if a prediction is outside.
    """
    known = (target >= 0) & (target < num_classes)
    predicted, target = predicted[known].long(), target[known].long()
    if predicted.numel() and not 0 <= int(predicted.min()) <= int(predicted.max()) < num_classes:
        raise SettingError(
            f"predicted classes must be 0 to {num_classes - 1}, got {int(predicted.min())} to "
            f"{int(predicted.max())}"
        )
    pairs = torch.bincount(target * num_classes + predicted, minlength=num_classes**2)
    return pairs.view(num_classes, num_classes)


def iou_per_class(matrix: Int[Tensor, "classes classes"]) -> Float[Tensor, " classes"]:
    """Return the IoU of each class from a confusion matrix; nan for a class that never occurs."""
    hits = matrix.diagonal()
    return hits / (matrix.sum(dim=0) + matrix.sum(dim=1) - hits)  # 0 / 0 is nan


class ConfusionMatrix:
    """The confusion of all batches seen so far; the order and size of batches don't matter."""

    def __init__(self, num_classes: int) -> None:
        self.counts = torch.zeros(num_classes, num_classes, dtype=torch.int64)

    def update(self, predicted: Int[Tensor, "*shape"], target: Int[Tensor, "*shape"]) -> None:
        """Add a batch of class numbers."""
        self.counts += confusion_matrix(predicted, target, len(self.counts)).cpu()

    def iou(self) -> Float[Tensor, " classes"]:
        """Return the IoU of each class over everything seen; nan for a class never seen."""
        return iou_per_class(self.counts)


class WeightedMean:
    """The mean over examples of what was measured batch by batch.

    >>> iou = WeightedMean()
    >>> iou.update(0.5, size=8)
    >>> iou.update(1.0, size=2)
    >>> iou.value()
    0.6
    """

    def __init__(self) -> None:
        self._sum, self._size = 0.0, 0

    def update(self, mean: float | Tensor, size: int) -> None:
        """Add the mean of a batch of `size` examples."""
        if size < 1:
            raise SettingError(f"size must be at least 1 example, got {size}")
        self._sum += float(mean) * size
        self._size += size

    def value(self) -> float:
        """Return the mean over all examples so far. Raises SettingError if there were none."""
        if not self._size:
            raise SettingError("there is no mean of no examples: update() at least once")
        return self._sum / self._size
