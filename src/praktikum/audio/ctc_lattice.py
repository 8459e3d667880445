"""The lattice of CTC: all alignments of a target with an input, summed in the log semiring.

Graves, Fernández, Gomez, Schmidhuber, 2006, "Connectionist temporal classification", section 4.1.
A target of S labels has 2 S + 1 states: blank, label, blank, …, label, blank. In each frame an
alignment stays in its state, goes to the next one, or skips a blank between two different labels.

Three things make it fast in plain torch and exact in float32:

- Backward weights are the forward weights of the reversed input and the reversed target, so both
  are columns of one table, and there is one loop over frames.
- An alignment begins in the first blank, before the first frame. Of a reversed input the padding
  comes first; there it waits in that blank, at no cost. So no length needs a case of its own.
- Weights fall by some nats in each frame, and float32 has 7 digits. Every few frames a column is
  brought back to 0; what was taken away is summed apart, in float64.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

__all__ = ["IMPOSSIBLE", "forward_backward"]

IMPOSSIBLE = -1e30  # stands for log 0: unlike -inf, it may be subtracted from itself
RENEWED = 16  # frames after which a column is brought back to 0


@dataclass(frozen=True)
class _Problem:
    """A batch of targets with the log-probabilities of their states; `states` is 2 S + 1.

    Attributes:
        emissions: log-probability of each state's symbol in each frame.
        skips: 0 where the blank before a state may be skipped, else IMPOSSIBLE.
        frames: of each input.
        labels: of each target.
    """

    emissions: Float[Tensor, "time states batch"]
    skips: Float[Tensor, "states batch"]
    frames: Int[Tensor, " batch"]
    labels: Int[Tensor, " batch"]

    def both_ways(self) -> _Problem:
        """Return the problem with its reversal beside it: twice as many columns."""
        emissions, skips = self.emissions.flip(0, 1), torch.full_like(self.skips, IMPOSSIBLE)
        time, states, _ = emissions.shape
        skips[2:] = self.skips.flip(0)[:-2]  # one that led to a state now leaves it
        frame = torch.arange(time, device=emissions.device)[:, None, None]
        state = torch.arange(states, device=emissions.device)[:, None]
        padding = frame < time - self.frames
        waits = torch.where(state == states - 1 - 2 * self.labels, 0.0, IMPOSSIBLE)
        emissions = torch.where(padding, waits.to(emissions), emissions)
        return _Problem(
            torch.cat((self.emissions, emissions), dim=2),
            torch.cat((self.skips, skips), dim=1),
            torch.cat((self.frames, self.frames)),
            torch.cat((self.labels, self.labels)),
        )


def forward_backward(
    log_probs: Float[Tensor, "time batch symbols"],
    targets: Int[Tensor, "batch labels"],
    input_lengths: Int[Tensor, " batch"],
    target_lengths: Int[Tensor, " batch"],
    blank: int,
    posteriors: bool,
) -> tuple[Float[Tensor, " batch"], Float[Tensor, "time batch symbols"] | None]:
    """Return log p(target | input), and how probable each symbol is in each frame given the target.

    The first is -inf where no alignment exists; there, as in padding, the second is 0. It is None
    unless `posteriors` is asked for.
    """
    problem = _problem(log_probs, targets, input_lengths, target_lengths, blank)
    batch, first = len(targets), torch.zeros_like(target_lengths)
    if posteriors:
        reversed_first = targets.shape[1] * 2 - 2 * target_lengths
        weights, taken = _run(problem.both_ways(), torch.cat((first, reversed_first)))
    else:
        weights, taken = _run(problem, first)
    columns = torch.arange(batch, device=log_probs.device)
    last = 2 * target_lengths + 2  # states are moved by 2, see _run
    ends = weights[input_lengths, last, columns], weights[input_lengths, last - 1, columns]
    total = torch.logaddexp(*ends).double() + taken[input_lengths, columns]
    total = total.masked_fill(total < IMPOSSIBLE / 2, -torch.inf)
    likelihood = total.to(log_probs.dtype)
    if not posteriors:
        return likelihood, None
    forward = weights[1:, 2:, :batch]
    backward = weights[1:, 2:, batch:].flip(0, 1)
    occupied = (forward + backward).sub_(problem.emissions).softmax(dim=1)
    frame = torch.arange(len(occupied), device=log_probs.device)[:, None]
    nothing = (frame >= input_lengths) | (likelihood == -torch.inf)
    occupied.masked_fill_(nothing[:, None], 0.0)
    return likelihood, _by_symbol(occupied, targets, log_probs, blank)


def _problem(
    log_probs: Float[Tensor, "time batch symbols"],
    targets: Int[Tensor, "batch labels"],
    input_lengths: Int[Tensor, " batch"],
    target_lengths: Int[Tensor, " batch"],
    blank: int,
) -> _Problem:
    time, batch, _ = log_probs.shape
    labels = targets.T  # (labels, batch)
    emissions = log_probs.new_empty(time, 2 * len(labels) + 1, batch)
    emissions[:, ::2] = log_probs[:, None, :, blank]
    by_symbol = log_probs.transpose(1, 2)  # (time, symbols, batch)
    emissions[:, 1::2] = by_symbol.gather(1, labels.expand(time, -1, -1))
    skips = log_probs.new_full(emissions.shape[1:], IMPOSSIBLE)
    skips[3::2] = torch.where(labels[1:] == labels[:-1], IMPOSSIBLE, 0.0)
    return _Problem(emissions.clamp_min_(IMPOSSIBLE), skips, input_lengths, target_lengths)


def _run(
    problem: _Problem, first: Int[Tensor, " batch"]
) -> tuple[Float[Tensor, "time_1 states_2 batch"], Float[Tensor, "time_1 batch"]]:
    """Return the weight of each state after each frame, and what was taken off each column.

    Row 0 is before the first frame, when only the state `first` is possible. Two impossible states
    stand before the others, so every state has two before it.
    """
    time, states, batch = problem.emissions.shape
    weights = problem.emissions.new_full((time + 1, states + 2, batch), IMPOSSIBLE)
    weights[0].scatter_(0, first[None] + 2, 0.0)
    taken = torch.zeros(time + 1, batch, dtype=torch.float64, device=weights.device)
    stay, step = weights[:, 2:].unbind(0), weights[:, 1:-1].unbind(0)
    skip, emissions = weights[:, :-2].unbind(0), problem.emissions.unbind(0)
    reached = torch.empty_like(problem.skips)
    for frame in range(time):
        torch.add(skip[frame], problem.skips, out=reached)
        torch.logaddexp(reached, step[frame], out=reached)
        torch.logaddexp(reached, stay[frame], out=reached)
        torch.add(reached, emissions[frame], out=stay[frame + 1])
        if (frame + 1) % RENEWED == 0:
            taken[frame + 1] = top = stay[frame + 1].amax(dim=0)
            stay[frame + 1].sub_(top)
    return weights, taken.cumsum_(dim=0)


def _by_symbol(
    occupied: Float[Tensor, "time states batch"],
    targets: Int[Tensor, "batch labels"],
    log_probs: Float[Tensor, "time batch symbols"],
    blank: int,
) -> Float[Tensor, "time batch symbols"]:
    """Return the sums over the states of each symbol."""
    sums = torch.zeros_like(log_probs)
    of_labels = occupied[:, 1::2].transpose(1, 2)  # (time, batch, labels)
    sums.scatter_add_(2, targets.expand(len(sums), -1, -1), of_labels)
    sums[:, :, blank] += occupied[:, ::2].sum(dim=1)
    return sums
