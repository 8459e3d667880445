"""The recurrence of a LSTM with masks inside the cell, and its gradients by hand.

What a step does, where ∘ multiplies number by number:

    i, f, g, o = gates of W_ih x + b + W_hh (m ∘ h)             m: mask of the hidden state
    ĉ = f ∘ c + i ∘ u ∘ g                                       u: mask of the update
    ĥ = o ∘ tanh ĉ
    c' = (1 - s) ∘ ĉ + s ∘ c,   h' = (1 - r) ∘ ĥ + r ∘ h        s, r: zoneout

What makes it fast without leaving torch:

- Autograd sees one node instead of a dozen a step, and the loops allocate nothing.
- A step is one matrix product: of h, x and 1, side by side in a row, with [W_hh W_ih b]. For
  few features that takes less time than to store what inputs give and to fetch it step by step.
- One sigmoid does all four gates: tanh x = 2σ(2x) - 1, with the rows of g doubled beforehand.
  Going back, the two factors 2 meet in a matrix whose rows of g are four times as large.
- What doesn't wait for the step after it, the gradients of input and weights, is one product for
  a block of steps: so many that their gates stay in the cache.

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

BLOCK = 1 << 18  # numbers of a block's gates: a megabyte in float32


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
    bias = weights.weight_ih.new_zeros(len(weights.weight_ih))
    if weights.bias_ih is not None and weights.bias_hh is not None:
        bias = weights.bias_ih + weights.bias_hh
    run: Any = _MaskedRecurrence.apply  # torch has no types for it
    matrices = (weights.weight_ih, weights.weight_hh, bias)
    hiddens, cells = run(input, hidden, cell, *matrices, *masks)
    return hiddens, cells


class _MaskedRecurrence(torch.autograd.Function):
    """The loop over steps, there and back. Gates are kept as sigmoids i f s o, where g = 2s - 1."""

    @staticmethod
    def forward(
        ctx: Any,
        input: Tensor,
        hidden: Tensor,
        cell: Tensor,
        weight_ih: Tensor,
        weight_hh: Tensor,
        bias: Tensor,
        *masks: Tensor | None,
    ) -> tuple[Tensor, Tensor]:
        """Return the states after every step, [time, batch, hidden] each, and keep the gates."""
        mask, update, hidden_stays, cell_stays = masks
        sigmoids = input.new_empty(*input.shape[:2], len(bias))
        tanhs, cells, hiddens = input.new_empty(3, *input.shape[:2], hidden.shape[1])
        ctx.save_for_backward(
            input, hidden, cell, weight_ih, weight_hh, sigmoids, tanhs, cells, hiddens, *masks
        )
        ctx.set_materialize_grads(False)
        columns = torch.cat((weight_hh, weight_ih, bias[:, None]), dim=1)
        matrix = _scale_g(columns, 2).t().contiguous()
        row = input.new_ones(len(cell), len(matrix))  # m ∘ h, x, 1
        row_hidden, row_x = row[:, : hidden.shape[1]], row[:, hidden.shape[1] : -1]
        minus_one, g = input.new_tensor(-1), torch.empty_like(cell)
        i, f, s, o = _gates(sigmoids)
        buffers = zip(*map(Tensor.unbind, (input, sigmoids, tanhs, cells, hiddens)), strict=True)
        for t, (x, gates, tanh, new_cell, new_hidden) in enumerate(buffers):
            row_x.copy_(x)
            if mask is None:
                row_hidden.copy_(hidden)
            else:
                torch.mul(hidden, mask, out=row_hidden)
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
        """Return the gradients by input, hidden, cell, matrices and bias; masks have none."""
        input, hidden, cell, weight_ih, weight_hh, sigmoids, *rest = ctx.saved_tensors
        tanhs, cells, hiddens, mask, update, hidden_stays, cell_stays = rest
        over_steps = _GradientsOverSteps(input, hidden, hiddens, mask, weight_ih, sigmoids)
        matrix_hh, minus_one = _scale_g(weight_hh, 4), input.new_tensor(-1)
        grad_gates = torch.empty_like(sigmoids[0])
        grad_i, grad_f, grad_s, grad_o = grad_gates.chunk(4, dim=1)
        grad_hidden, grad_cell, from_later = torch.zeros_like(cell).repeat(3, 1, 1)
        g, spare = torch.empty_like(cell), torch.empty_like(cell)
        outside = torch.zeros_like(hiddens) if grad_hiddens is None else grad_hiddens
        hidden_stayed: Tensor | None = None  # of the step after this one
        (i, f, s, o), old_cells = _gates(sigmoids), (cell, *cells.unbind(0))
        buffers = list(zip(*map(Tensor.unbind, (outside, sigmoids, tanhs)), strict=True))
        for t, (grad_output, gates, tanh) in reversed(list(enumerate(buffers))):
            _add_masked(grad_output, from_later, mask, out=grad_hidden)
            if hidden_stayed is not None:
                grad_hidden.add_(hidden_stayed)
            if grad_cells is not None:
                grad_cell.add_(grad_cells[t])
            hidden_stayed = _take_share(grad_hidden, hidden_stays, t)
            cell_stayed = _take_share(grad_cell, cell_stays, t)
            torch.mul(grad_hidden, o[t], out=spare)
            _tanh_backward(spare, tanh, grad_input=spare)
            grad_cell.add_(spare)

            torch.add(minus_one, s[t], alpha=2, out=g)
            grad_update = grad_cell
            if update is not None:
                grad_update = torch.mul(grad_cell, update[t], out=spare)
            torch.mul(grad_update, g, out=grad_i)
            torch.mul(grad_cell, old_cells[t], out=grad_f)
            torch.mul(grad_update, i[t], out=grad_s)
            torch.mul(grad_hidden, tanh, out=grad_o)
            sums = over_steps.sums_of(t)
            _sigmoid_backward(grad_gates, gates, grad_input=sums)

            torch.mm(sums, matrix_hh, out=from_later)
            grad_cell.mul_(f[t])
            if cell_stayed is not None:
                grad_cell.add_(cell_stayed)
            over_steps.count(t)
        _add_masked(hidden_stayed, from_later, mask, out=grad_hidden)
        grads = (over_steps.input, grad_hidden, grad_cell, *over_steps.by_weights())
        return (*grads, None, None, None, None)


class _GradientsOverSteps:
    """Gradients that are sums over steps, or one product a step, taken a block of steps at a time.

    `sums_of(t)` is where the gradient by a step's sums is to be written; after `count(t)` it
    counts. Steps come from the last to the first.
    """

    def __init__(
        self,
        input: Tensor,
        hidden: Tensor,
        hiddens: Tensor,
        mask: Tensor | None,
        weight_ih: Tensor,
        gates: Tensor,
    ) -> None:
        self.input = input.new_empty(input.shape)  # contiguous, whatever the input is
        self._seen, self._first, self._hiddens, self._mask = input, hidden, hiddens, mask
        self._matrix_ih = _scale_g(weight_ih, 4)
        self._block = min(len(gates), max(1, BLOCK // gates[0].numel()))
        self._sums = torch.empty_like(gates[: self._block])
        self._steps = self._sums.unbind(0)
        self._ih = gates.new_zeros(input.shape[2], gates.shape[2])  # transposed
        self._hh = gates.new_zeros(hidden.shape[1], gates.shape[2])
        self._bias = gates.new_zeros(gates.shape[2])

    def sums_of(self, t: int) -> Tensor:
        """Return the buffer of step t, [batch, gates]."""
        return self._steps[t % self._block]

    def count(self, t: int) -> None:
        """Add what a block gives when t is its first step."""
        if t % self._block:
            return
        end = min(t + self._block, len(self._seen))
        sums = self._sums[: end - t].flatten(0, 1)
        torch.mm(sums, self._matrix_ih, out=self.input[t:end].flatten(0, 1))
        self._ih.addmm_(self._seen[t:end].flatten(0, 1).t(), sums)
        if t == 0:
            old = torch.cat((self._first[None], self._hiddens[: end - 1]))
        else:
            old = self._hiddens[t - 1 : end - 1]
        old = old if self._mask is None else old * self._mask
        self._hh.addmm_(old.flatten(0, 1).t(), sums)
        self._bias.add_(sums.sum(0))

    def by_weights(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return the gradients by weight_ih, weight_hh and the bias."""
        return _scale_g(self._ih.t(), 4), _scale_g(self._hh.t(), 4), _scale_g(self._bias, 4)


# One pass over memory each, where `grad * (1 - y**2)` would take three.
_tanh_backward = torch.ops.aten.tanh_backward.grad_input
_sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input


def _scale_g(parameter: Float[Tensor, "gates ..."], factor: float) -> Tensor:
    """Return a copy of a matrix or bias, the rows of the gate g `factor` times as large."""
    scaled = parameter.clone()
    scaled.chunk(4)[2].mul_(factor)
    return scaled


def _gates(sigmoids: Float[Tensor, "time batch gates"]) -> list[tuple[Tensor, ...]]:
    """Return the four gates, each as a list over steps."""
    return [gate.unbind(0) for gate in sigmoids.chunk(4, dim=2)]


def _add_masked(to: Tensor | None, grad: Tensor, mask: Tensor | None, out: Tensor) -> None:
    """Put into `out` the gradient of the hidden state before the mask, added to another one."""
    to = torch.zeros_like(grad) if to is None else to
    if mask is None:
        torch.add(to, grad, out=out)
    else:
        torch.addcmul(to, grad, mask, out=out)


def _take_share(grad: Tensor, stays: Tensor | None, t: int) -> Tensor | None:
    """Return what of a gradient belongs to the old state that stayed, and take it away there."""
    if stays is None:
        return None
    stayed = grad * stays[t]
    grad.sub_(stayed)
    return stayed
