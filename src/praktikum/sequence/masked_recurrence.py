"""The recurrence of a LSTM with masks inside the cell, and its gradients by hand.

What a step does, where ∘ multiplies number by number:

    i, f, g, o = gates of W_ih x + b + W_hh (m ∘ h)             m: mask of the hidden state
    ĉ = f ∘ c + i ∘ u ∘ g                                       u: mask of the update
    ĥ = o ∘ tanh ĉ
    c' = (1 - s) ∘ ĉ + s ∘ c,   h' = (1 - r) ∘ ĥ + r ∘ h        s, r: zoneout

What makes it fast without leaving torch:

- Autograd sees one node instead of a dozen a step, and nothing is allocated in the loop.
- A step multiplies by one matrix, [W_ih b W_hh], x, 1 and m ∘ h side by side in a row: with few
  features that costs less than adding what the input gives, 4·hidden numbers a row, later on. The
  gradients of both matrices and of the bias are then one product over all steps.
- tanh x = 2σ(2x) - 1: with the rows of g doubled beforehand, one sigmoid does all four gates.
  Going back, the two factors 2 meet in one matrix whose rows of g are four times as large.

The gradients are those of `bptt`, which has them in NumPy, step by step. Source: Werbos, 1990,
"Backpropagation through time: what it does and how to do it".
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from .cells import Weights

__all__ = ["CellMasks", "masked_recurrence"]

BLOCK = 1 << 18  # numbers: a megabyte in float32, so that it stays in a core's own cache


class CellMasks(NamedTuple):
    """Masks of a pass; None leaves out what a mask would do.

    hidden:       [batch, hidden], times h before the matrix, the same at every step
    update:       [time, batch, hidden], times g
    hidden_stays: [time, batch, hidden], shares of h that stay; 0 or 1, or an expectation between
    cell_stays:   the same for c
    """

    hidden: Float[Tensor, "batch hidden"] | None = None
    update: Float[Tensor, "time batch hidden"] | None = None
    hidden_stays: Float[Tensor, "time batch hidden"] | None = None
    cell_stays: Float[Tensor, "time batch hidden"] | None = None


def masked_recurrence(
    input: Float[Tensor, "time batch features"],
    hidden: Float[Tensor, "batch hidden"],
    cell: Float[Tensor, "batch hidden"],
    weights: Weights,
    masks: CellMasks,
) -> tuple[Float[Tensor, "time batch hidden"], Float[Tensor, "time batch hidden"]]:
    """Return the hidden states and the cells after every step.

    Gradients flow to everything but the masks, and once: there are no second derivatives.
    """
    columns = [weights.weight_ih, weights.weight_hh]
    if weights.bias_ih is not None and weights.bias_hh is not None:
        columns.insert(1, (weights.bias_ih + weights.bias_hh)[:, None])
    weight = torch.cat(columns, dim=1)
    run: Any = _MaskedRecurrence.apply  # torch has no types for it
    hiddens, cells = run(input, hidden, cell, weight, *masks)
    return hiddens, cells


class _MaskedRecurrence(torch.autograd.Function):
    """The loop over steps, there and back. Gates are kept as sigmoids i f s o, where g = 2s - 1."""

    @staticmethod
    def forward(
        ctx: Any,
        input: Tensor,
        hidden: Tensor,
        cell: Tensor,
        weight: Tensor,
        *masks: Tensor | None,
    ) -> tuple[Tensor, Tensor]:
        """Return the states after every step, [time, batch, hidden] each, and keep the gates."""
        mask, update, hidden_stays, cell_stays = masks
        time, batch, features = input.shape
        sigmoids = input.new_empty(time, batch, len(weight))
        tanhs, cells, hiddens = input.new_empty(3, time, batch, hidden.shape[1])
        ctx.save_for_backward(input, hidden, cell, weight, sigmoids, tanhs, cells, hiddens, *masks)
        ctx.set_materialize_grads(False)

        matrix = _scale_g(weight, 2).t().contiguous()
        row = input.new_ones(batch, weight.shape[1])  # x, 1, m ∘ h
        row_x, row_hidden = row[:, :features], row[:, -hidden.shape[1] :]
        i, f, s, o = (gate.unbind(0) for gate in sigmoids.chunk(4, dim=2))
        g, minus_one = torch.empty_like(cell), input.new_tensor(-1)
        buffers = zip(*map(Tensor.unbind, (input, sigmoids, tanhs, cells, hiddens)), strict=True)
        for t, (x, gates, tanh, new_cell, new_hidden) in enumerate(buffers):
            row_x.copy_(x)
            row_hidden.copy_(_times(hidden, mask))
            torch.mm(row, matrix, out=gates).sigmoid_()
            torch.add(minus_one, s[t], alpha=2, out=g)
            if update is not None:
                g.mul_(update[t])
            torch.mul(f[t], cell, out=new_cell).addcmul_(i[t], g)
            torch.tanh(new_cell, out=tanh)
            torch.mul(o[t], tanh, out=new_hidden)
            if cell_stays is not None:
                new_cell.lerp_(cell, cell_stays[t])
            if hidden_stays is not None:
                new_hidden.lerp_(hidden, hidden_stays[t])
            hidden, cell = new_hidden, new_cell
        return hiddens, cells

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any, grad_hiddens: Tensor | None, grad_cells: Tensor | None
    ) -> tuple[Tensor | None, ...]:
        """Return the gradients by input, hidden, cell and weight; masks have none."""
        input, hidden, cell, weight, sigmoids, tanhs, cells, hiddens, *masks = ctx.saved_tensors
        mask, update, hidden_stays, cell_stays = masks
        features, n_hidden, width = input.shape[2], hidden.shape[1], weight.shape[1]
        batch = len(cell)
        matrix, grad_matrix = _scale_g(weight, 4), weight.new_zeros(width, len(weight))
        grad_input, grad_row = torch.empty_like(input), weight.new_empty(batch, width)
        grad_row_x, grad_row_hidden = grad_row[:, :features], grad_row[:, -n_hidden:]
        grad_gates = torch.empty_like(sigmoids[0])
        grad_i, grad_f, grad_s, grad_o = grad_gates.chunk(4, dim=1)
        g, scratch, minus_one = torch.empty_like(cell), torch.empty_like(cell), input.new_tensor(-1)

        block = min(len(input), max(1, BLOCK // grad_gates.numel()))
        grad_sums, rows = torch.empty_like(sigmoids[:block]), weight.new_ones(block, batch, width)
        in_block = list(
            zip(
                *map(Tensor.unbind, (grad_sums, rows[:, :, :features], rows[:, :, -n_hidden:])),
                strict=True,
            )
        )
        i, f, s, o = (gate.unbind(0) for gate in sigmoids.chunk(4, dim=2))
        old_hiddens, old_cells = (hidden, *hiddens.unbind(0)), (cell, *cells.unbind(0))
        grad_hidden, grad_cell = torch.zeros_like(cell), torch.zeros_like(cell)
        from_later = torch.zeros_like(cell)
        outside_hidden = None if grad_hiddens is None else grad_hiddens.unbind(0)
        buffers = list(zip(*map(Tensor.unbind, (input, grad_input, sigmoids, tanhs)), strict=True))
        for t, (x, grad_x, gates, tanh) in reversed(list(enumerate(buffers))):
            sums, row_x, row_hidden = in_block[t % block]
            row_x.copy_(x)
            row_hidden.copy_(_times(old_hiddens[t], mask))
            if outside_hidden is None:
                grad_hidden.copy_(from_later)
            else:
                torch.add(outside_hidden[t], from_later, out=grad_hidden)
            if grad_cells is not None:
                grad_cell += grad_cells[t]
            hidden_stayed, cell_stayed = None, None
            if hidden_stays is not None:
                hidden_stayed = grad_hidden * hidden_stays[t]
                grad_hidden -= hidden_stayed
            if cell_stays is not None:
                cell_stayed = grad_cell * cell_stays[t]
                grad_cell -= cell_stayed
            torch.mul(grad_hidden, o[t], out=scratch)
            grad_cell += torch.ops.aten.tanh_backward.grad_input(scratch, tanh, grad_input=scratch)
            torch.add(minus_one, s[t], alpha=2, out=g)
            torch.mul(grad_cell, g, out=grad_i)
            torch.mul(grad_cell, old_cells[t], out=grad_f)
            torch.mul(grad_cell, i[t], out=grad_s)
            if update is not None:
                grad_i.mul_(update[t])
                grad_s.mul_(update[t])
            torch.mul(grad_hidden, tanh, out=grad_o)
            torch.ops.aten.sigmoid_backward.grad_input(grad_gates, gates, grad_input=sums)
            torch.mm(sums, matrix, out=grad_row)
            grad_x.copy_(grad_row_x)
            from_later = _times(grad_row_hidden, mask)
            grad_cell *= f[t]
            if hidden_stayed is not None:
                from_later = from_later + hidden_stayed
            if cell_stayed is not None:
                grad_cell += cell_stayed
            if t % block == 0:
                count = min(block, len(input) - t)
                grad_matrix.addmm_(rows[:count].flatten(0, 1).t(), grad_sums[:count].flatten(0, 1))
        grads = (grad_input, from_later, grad_cell, _scale_g(grad_matrix.t(), 4))
        return (*grads, *(None for _ in masks))


def _scale_g(weight: Float[Tensor, "gates columns"], factor: float) -> Tensor:
    """Return a copy whose rows of the gate g are `factor` times as large."""
    scaled = weight.clone()
    scaled.chunk(4)[2].mul_(factor)
    return scaled


def _times(tensor: Tensor, mask: Tensor | None) -> Tensor:
    return tensor if mask is None else tensor * mask


def _plus(grad: Tensor, more: Tensor | None, t: int) -> Tensor:
    """Return the gradient and what comes to it from outside at step t."""
    return grad if more is None else grad + more[t]


def _share(grad: Tensor, stays: Tensor | None, t: int) -> tuple[Tensor, Tensor | None]:
    """Return what of a gradient belongs to the new state and to the one before that stayed."""
    if stays is None:
        return grad, None
    stayed = grad * stays[t]
    return grad - stayed, stayed
