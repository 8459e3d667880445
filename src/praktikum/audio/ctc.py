"""Connectionist temporal classification: the loss of a text whose place in the sound is unknown.

Graves, Fernández, Gomez, Schmidhuber, 2006, "Connectionist temporal classification: labelling
unsegmented sequence data with recurrent neural networks". A network says in each frame a symbol or
blank; repeated symbols are merged and blanks left out, so many alignments read as the same text.
The loss is -log of the sum of their probabilities, equations 3 and 8; its gradient, equation 15,
is computed together with it. The recursion is in `ctc_lattice`.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from .alignment_inputs import Reduction, whole_targets
from .ctc_lattice import forward_backward

__all__ = ["ctc_loss"]


def ctc_loss(
    log_probs: Float[Tensor, "time batch symbols"],
    targets: Int[Tensor, "batch labels"],
    input_lengths: Int[Tensor, " batch"],
    target_lengths: Int[Tensor, " batch"],
    *,
    blank: int = 0,
    reduction: Reduction = "mean",
    zero_infinity: bool = False,
) -> Float[Tensor, ""] | Float[Tensor, " batch"]:
    """Return -log p(target | input), in nats.

    Args:
        log_probs: logarithms of probabilities, as `log_softmax` over symbols gives them.
        targets: labels, none of them blank; what stands beyond a target's length is not looked at.
        input_lengths: frames of each input.
        target_lengths: labels of each target, 0 for the empty text.
        blank: number of the symbol that says nothing.
        reduction: ``none``: one loss each; ``sum``: over the batch; ``mean``: each divided by its
            number of labels (at least 1) first, as torch does.
        zero_infinity: count a target without any alignment as 0, not as infinity. There is none if
            the input has fewer frames than the target has labels and repetitions of a label, for
            a blank must stand between the same labels. Such a target has no gradient in any case.

    The gradient is that of the function itself: minus the probability of each symbol in each frame,
    given the target. `torch.nn.functional.ctc_loss` adds ``exp(log_probs)``; the gradients of the
    logits before a `log_softmax` are the same.

    Raises:
        ShapeError: lengths or labels do not fit `log_probs` or `targets`.
        SettingError: `reduction` or `blank` is not one that there is.

    >>> frames = torch.tensor([[[0.3, 0.7]], [[0.6, 0.4]]]).log()
    >>> one = torch.tensor([[1]]), torch.tensor([2]), torch.tensor([1])
    >>> ctc_loss(frames, *one).neg().exp()  # 0.7 · 0.4 + 0.7 · 0.6 + 0.3 · 0.4
    tensor(0.8200)
    """
    time, batch, symbols = log_probs.shape
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
    losses: Tensor = _CTCLoss.apply(  # type: ignore[no-untyped-call]
        log_probs, targets, input_lengths, target_lengths, blank
    )
    if zero_infinity:
        losses = losses.masked_fill(losses.isinf(), 0.0)
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    return (losses / target_lengths.clamp_min(1)).mean()


class _CTCLoss(torch.autograd.Function):
    """Losses of a batch, whose gradient is known as soon as they are."""

    @staticmethod
    def forward(
        ctx: Any,
        log_probs: Tensor,
        targets: Tensor,
        input_lengths: Tensor,
        target_lengths: Tensor,
        blank: int,
    ) -> Tensor:
        """Return the losses, [batch]."""
        exact = log_probs if log_probs.dtype == torch.float64 else log_probs.float()
        likelihood, posteriors = forward_backward(
            exact, targets, input_lengths, target_lengths, blank, ctx.needs_input_grad[0]
        )
        if posteriors is not None:
            ctx.save_for_backward(posteriors.to(log_probs.dtype))
        return -likelihood.to(log_probs.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_losses: Tensor) -> tuple[Tensor | None, ...]:
        """Return the gradient of the log-probabilities, and None for all else."""
        (posteriors,) = ctx.saved_tensors
        return posteriors * -grad_losses[:, None], None, None, None, None
