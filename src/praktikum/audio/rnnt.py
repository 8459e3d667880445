"""The loss of a transducer: a text said while walking along a sound, each label seeing the last.

Graves, 2012, "Sequence transduction with recurrent neural networks". Unlike CTC, what is said next
depends on what was said before, and several labels may fall into one frame. The loss is -log of the
sum over all alignments (equations 16 to 18). Its gradient with respect to the logits (equation 20,
taken through the softmax) is computed together with it and written over the probabilities, so a
tensor as large as the logits is held once. The recursion is in `rnnt_lattice`.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from .alignment_inputs import Reduction, whole_targets
from .errors import ShapeError
from .rnnt_lattice import transducer_lattice

__all__ = ["rnnt_loss"]


def rnnt_loss(
    logits: Float[Tensor, "batch time labels_1 symbols"],
    targets: Int[Tensor, "batch labels"],
    input_lengths: Int[Tensor, " batch"],
    target_lengths: Int[Tensor, " batch"],
    *,
    blank: int = 0,
    reduction: Reduction = "mean",
) -> Float[Tensor, ""] | Float[Tensor, " batch"]:
    """Return -log p(target | input), in nats.

    Args:
        logits: of each symbol in each frame, after each number of labels from 0 to all of them; a
            softmax is taken here.
        targets: labels, none of them blank; what stands beyond a target's length is not looked at.
        input_lengths: frames of each input; without any, only the empty target is possible.
        target_lengths: labels of each target, 0 for the empty text.
        blank: number of the symbol that goes on to the next frame.
        reduction: ``none``: one loss each; ``sum`` or ``mean`` over the batch.

    Raises:
        ShapeError: lengths or labels do not fit `logits` or `targets`.
        SettingError: `reduction` or `blank` is not one that there is.

    >>> logits = torch.tensor([[0.3, 0.7], [0.9, 0.1]]).log().view(1, 1, 2, 2)
    >>> one = torch.tensor([[1]]), torch.tensor([1]), torch.tensor([1])
    >>> rnnt_loss(logits, *one).neg().exp()  # the label, then the blank: 0.7 · 0.9
    tensor(0.6300)
    """
    batch, time, places, symbols = logits.shape
    if places != targets.shape[1] + 1:
        raise ShapeError(
            f"targets of {targets.shape[1]} labels need logits for one place more, got {places}"
        )
    targets = whole_targets(
        targets,
        input_lengths,
        target_lengths,
        batch=batch,
        time=time,
        symbols=symbols,
        blank=blank,
        reduction=reduction,
    )
    losses: Tensor = _TransducerLoss.apply(  # type: ignore[no-untyped-call]
        logits, targets, input_lengths, target_lengths, blank
    )
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else losses.mean()


class _TransducerLoss(torch.autograd.Function):
    """Losses of a batch, whose gradient is known as soon as they are."""

    @staticmethod
    def forward(
        ctx: Any,
        logits: Tensor,
        targets: Tensor,
        input_lengths: Tensor,
        target_lengths: Tensor,
        blank: int,
    ) -> Tensor:
        """Return the losses, [batch]."""
        exact = torch.float64 if logits.dtype == torch.float64 else torch.float32
        log_probs = logits.log_softmax(dim=-1, dtype=exact)
        spoken = targets[:, None, :, None].expand(-1, logits.shape[1], -1, -1)
        blanks, labels = log_probs[..., blank], log_probs[:, :, :-1].gather(3, spoken).squeeze(3)
        likelihood, arcs = transducer_lattice(
            blanks, labels, input_lengths, target_lengths, ctx.needs_input_grad[0]
        )
        if arcs is not None:
            of_blanks, of_labels = arcs
            gradient = log_probs.exp_()
            reached = of_blanks.clone()
            reached[:, :, :-1] += of_labels
            gradient.mul_(reached[..., None])
            gradient[..., blank] -= of_blanks
            gradient[:, :, :-1].scatter_add_(3, spoken, -of_labels[..., None])
            _clear_padding(gradient, likelihood, input_lengths, target_lengths)
            ctx.save_for_backward(gradient.to(logits.dtype))
        return -likelihood.to(logits.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_losses: Tensor) -> tuple[Tensor | None, ...]:
        """Return the gradient of the logits, and None for all else."""
        (gradient,) = ctx.saved_tensors
        return gradient * grad_losses[:, None, None, None], None, None, None, None


def _clear_padding(
    gradient: Tensor, likelihood: Tensor, input_lengths: Tensor, target_lengths: Tensor
) -> None:
    """Write 0 where no alignment goes, whatever the logits were, NaN too."""
    possible = likelihood > -torch.inf
    frames = (input_lengths * possible).tolist()
    for each, time, labels in zip(gradient, frames, target_lengths.tolist(), strict=True):
        each[time:] = 0
        each[:, labels + 1 :] = 0
