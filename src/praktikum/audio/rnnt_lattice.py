"""The lattice of a transducer: all ways to say a target while walking along an input.

Graves, 2012, "Sequence transduction with recurrent neural networks", section 2.4. In cell (t, u)
u labels of the target have been said within t frames; a blank goes on to (t + 1, u), the next label
to (t, u + 1). An alignment is a way from (0, 0) to (T, U).

Cells with the same t + u do not wait for each other. So the table is kept by anti-diagonals, of all
targets of a batch at once, and the loop is over T + U of them. Three things make it simple:

- Every target of a batch ends in the same cell, the far corner: beyond its own end a way leads
  there at no cost, and nothing else leads out of the padding.
- Backward weights are then the forward weights of the table turned by 180 degrees, and both are
  columns of one table.
- Every alignment crosses each diagonal once, so the arcs from one diagonal to the next have
  probabilities with the sum 1. This holds whatever was added to a diagonal as a whole, which is how
  float32 is kept exact: now and then the highest weight is brought back to 0.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .ctc_lattice import IMPOSSIBLE, RENEWED

__all__ = ["transducer_lattice"]


def transducer_lattice(
    blanks: Float[Tensor, "batch time labels_1"],
    labels: Float[Tensor, "batch time labels"],
    input_lengths: Int[Tensor, " batch"],
    target_lengths: Int[Tensor, " batch"],
    arcs: bool,
) -> tuple[
    Float[Tensor, " batch"],
    tuple[Float[Tensor, "batch time labels_1"], Float[Tensor, "batch time labels"]] | None,
]:
    """Return log p(target | input), and how probable it is to take each arc given the target.

    Args:
        blanks: log-probability of the blank in each cell.
        labels: log-probability of the target's next label in each cell.
        input_lengths: frames of each input.
        target_lengths: labels of each target.
        arcs: whether the second part is wanted: the probabilities of blanks and of labels, 0 in
            padding. It is None otherwise.
    """
    time, n_labels = labels.shape[1:]
    tables = tuple(
        _by_diagonal(cells, time + n_labels)
        for cells in _led_to_the_corner(blanks, labels, input_lengths, target_lengths)
    )
    if not arcs:
        return _likelihood(*_run(*tables)), None
    weights, taken = _run(*(torch.cat((each, each.flip(0, 1)), dim=2) for each in tables))
    forward, backward = weights[:-1].chunk(2, dim=2)
    backward = backward.flip(0, 1)  # from the next diagonal on to the corner
    crossed = torch.cat(
        (
            (forward + tables[0]).add_(backward),
            (forward[:, :-1] + tables[1]).add_(backward[:, 1:]),
        ),
        dim=1,
    ).softmax(dim=1)
    padding = torch.arange(time, device=blanks.device) >= input_lengths[:, None]
    of_blanks, of_labels = (
        _slanted(table, time).permute(2, 0, 1).masked_fill(padding[:, :, None], 0.0)
        for table in torch.split(crossed, [n_labels + 1, n_labels], dim=1)
    )
    return _likelihood(weights, taken)[: len(blanks)], (of_blanks, of_labels)


def _run(
    blanks: Float[Tensor, "diagonals labels_1 batch"],
    labels: Float[Tensor, "diagonals labels batch"],
) -> tuple[Float[Tensor, "diagonals_1 labels_1 batch"], Float[Tensor, " batch"]]:
    """Return the weight of each cell by diagonals, and what was taken off the last of them."""
    diagonals, columns, batch = blanks.shape
    weights = blanks.new_full((diagonals + 1, columns, batch), IMPOSSIBLE)
    weights[0, 0] = 0.0
    taken = torch.zeros(batch, dtype=torch.float64, device=blanks.device)
    cells, right = weights.unbind(0), weights[:, 1:].unbind(0)
    left, moved = weights[:, :-1].unbind(0), torch.empty_like(labels[:1]).squeeze(0)
    for diagonal, (blank, label) in enumerate(zip(blanks, labels, strict=True)):
        torch.add(cells[diagonal], blank, out=cells[diagonal + 1])
        torch.add(left[diagonal], label, out=moved)
        torch.logaddexp(right[diagonal + 1], moved, out=right[diagonal + 1])
        if (diagonal + 1) % RENEWED == 0:
            top = cells[diagonal + 1].amax(dim=0)
            cells[diagonal + 1].sub_(top)
            taken += top
    return weights, taken


def _likelihood(
    weights: Float[Tensor, "diagonals_1 labels_1 batch"], taken: Float[Tensor, " batch"]
) -> Float[Tensor, " batch"]:
    """Return the weights of the corner, with what was taken off; -inf where no way leads there."""
    total = weights[-1, -1] + taken
    return total.masked_fill(total < IMPOSSIBLE / 2, -torch.inf).to(weights.dtype)


def _led_to_the_corner(
    blanks: Float[Tensor, "batch time labels_1"],
    labels: Float[Tensor, "batch time labels"],
    input_lengths: Int[Tensor, " batch"],
    target_lengths: Int[Tensor, " batch"],
) -> tuple[Float[Tensor, "time labels_1 batch"], Float[Tensor, "time_1 labels batch"]]:
    """Return the arcs with one frame more, so that every target ends in the last cell of all.

    Beyond its last frame a target goes on by blanks, where its last label is said, to the last
    frame of all; and there by labels. All other arcs out of its own cells are impossible.
    """
    time, n_labels = labels.shape[1:]
    frame = torch.arange(time + 1, device=blanks.device)[:, None, None]
    place = torch.arange(n_labels + 1, device=blanks.device)[:, None]
    inside = frame < input_lengths
    waits = torch.where(place == target_lengths, 0.0, IMPOSSIBLE).to(blanks)
    real = inside & (place <= target_lengths)
    led_blanks = torch.where(real[:-1], blanks.permute(1, 2, 0), waits)
    led_blanks.masked_fill_(inside[:-1] & ~real[:-1], IMPOSSIBLE)
    ends = (frame == time) & (place >= target_lengths)
    led_labels = torch.where(ends, 0.0, IMPOSSIBLE).to(blanks)[:, :-1]
    real = inside & (place < target_lengths)
    led_labels[:-1] = torch.where(real[:-1, :-1], labels.permute(1, 2, 0), led_labels[:-1])
    return led_blanks.clamp_min_(IMPOSSIBLE), led_labels.clamp_min_(IMPOSSIBLE)


def _by_diagonal(
    cells: Float[Tensor, "rows columns batch"], diagonals: int
) -> Float[Tensor, "diagonals columns batch"]:
    """Return the arcs that leave each diagonal; what is not in the table is impossible."""
    table = cells.new_full((diagonals, *cells.shape[1:]), IMPOSSIBLE)
    _slanted(table, len(cells)).copy_(cells)
    return table


def _slanted(
    table: Float[Tensor, "diagonals columns batch"], rows: int
) -> Float[Tensor, "rows columns batch"]:
    """Return a view of a table of diagonals in which cell (t, u) is at [t, u]: at [t + u, u]."""
    by_row, by_column, by_batch = table.stride()
    return table.as_strided(
        (rows, *table.shape[1:]), (by_row, by_row + by_column, by_batch), table.storage_offset()
    )
