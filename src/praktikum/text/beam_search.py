"""Beam search: of all beginnings of a text, the most promising few are followed at once.

Graves, 2012, "Sequence transduction with recurrent neural networks", section 2.5, in the form in
which all beginnings of all texts make one batch, and ended ones keep their place in the beam: they
are judged beside those that go on, at their own length. Wu et al., 2016, "Google's neural machine
translation system", section 7, divide by a power of the length, because every token makes a text
less probable. With `beam_size=1` this is greedy decoding; with a beam that holds every text, it is
exhaustive search.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from .decoding_step import State, Step, select_rows
from .errors import SettingError

__all__ = ["Beam", "Beams", "beam_search"]


@dataclass(frozen=True)
class Beams:
    """The best texts found after each start, the best one first.

    Attributes:
        tokens: without the start; `eos` also stands for what would come after the end.
        log_probs: natural logarithm of a text's probability; -inf where there is no such text,
            because fewer are possible.
        lengths: tokens of a text, with its `eos` where it has one; 0 where there is no text.
    """

    tokens: Int[Tensor, "starts beams time"]
    log_probs: Float[Tensor, "starts beams"]
    lengths: Int[Tensor, "starts beams"]

    def scores(self, length_penalty: float) -> Float[Tensor, "starts beams"]:
        """Return the logarithms divided by length to the power of `length_penalty`."""
        return self.log_probs / self.lengths.clamp_min(1) ** length_penalty


@torch.no_grad()
def beam_search(
    step: Step,
    start: Int[Tensor, " starts"],
    state: State = None,
    *,
    eos: int,
    max_length: int,
    beam_size: int = 5,
    length_penalty: float = 0.0,
) -> Beams:
    """Return the `beam_size` best texts after each start.

    Args:
        step: the model; it is called with the beginnings that have not ended yet.
        start: the token that each text begins with, such as `<sos>` or the last of a prompt.
        state: what the model knows before `start`; None for nothing.
        eos: the token that ends a text.
        max_length: tokens written at most, with `eos`.
        beam_size: beginnings kept of each start.
        length_penalty: texts are judged by log-probability / length ** length_penalty: 0 favours
            short texts, 1 compares the mean token, more favours long ones.

    Raises SettingError: `max_length` or `beam_size` is below 1.
    """
    if min(max_length, beam_size) < 1:
        raise SettingError(
            f"max_length and beam_size must be at least 1, got {max_length} and {beam_size}"
        )
    beams = Beam.begin(len(start), beam_size, start.device)
    live, tokens = torch.arange(0, len(start) * beam_size, beam_size, device=start.device), start
    for _ in range(max_length):
        if not len(live):
            break
        logits, state = step(tokens, state)
        log_probs, followers = logits.log_softmax(dim=-1).topk(min(beam_size, logits.shape[-1]))
        beams, parents = beams.extended(live, log_probs, followers, eos, length_penalty)
        rows = torch.empty_like(parents)  # where in `state` a place of the beam is
        rows[live] = torch.arange(len(live), device=live.device)
        live = beams.live()
        state, tokens = select_rows(state, rows[parents[live]]), beams.tokens[live, -1]
    return beams.by_start(eos)


@dataclass(frozen=True)
class Beam:
    """All places of all beams in one axis: those of the first start, of the second, …

    A place is empty (its logarithm is -inf), or its text has ended, or it is live.
    """

    tokens: Int[Tensor, "places time"]
    log_probs: Float[Tensor, " places"]
    lengths: Int[Tensor, " places"]
    ended: Bool[Tensor, " places"]
    beam_size: int

    @classmethod
    def begin(cls, n_starts: int, beam_size: int, device: torch.device) -> Beam:
        """Return beams whose first place holds the start, and whose others are empty."""
        log_probs = torch.full((n_starts, beam_size), -torch.inf, device=device)
        log_probs[:, 0] = 0
        lengths = torch.zeros(n_starts * beam_size, dtype=torch.long, device=device)
        nothing = lengths.new_empty(len(lengths), 0)
        return cls(nothing, log_probs.view(-1), lengths, lengths > 0, beam_size)

    def live(self) -> Int[Tensor, " live"]:
        """Return the places of texts that go on."""
        (places,) = (~self.ended & self.log_probs.isfinite()).nonzero(as_tuple=True)
        return places

    def extended(
        self,
        live: Int[Tensor, " live"],
        log_probs: Float[Tensor, "live best"],
        followers: Int[Tensor, "live best"],
        eos: int,
        length_penalty: float,
    ) -> tuple[Beam, Int[Tensor, " places"]]:
        """Return the beams after one more token, and the place that each text comes from.

        log_probs, followers: the best next tokens of the texts in the places `live`
        """
        n_places, n_best = len(self.log_probs), log_probs.shape[1]
        # a text goes on in one of n_best ways, or, in the last column, stays as it has ended
        totals = log_probs.new_full((n_places, n_best + 1), -torch.inf)
        totals[live, :-1] = self.log_probs[live, None] + log_probs
        totals[self.ended, -1] = self.log_probs[self.ended].to(totals)
        tokens = followers.new_full(totals.shape, eos)
        tokens[live, :-1] = followers
        lengths = self.lengths[:, None].repeat(1, n_best + 1)
        lengths[:, :-1] += 1
        scores = totals / lengths.clamp_min(1) ** length_penalty
        chosen = scores.view(-1, self.beam_size * (n_best + 1)).topk(self.beam_size).indices
        beams = torch.arange(len(chosen), device=chosen.device)[:, None]
        flat = (chosen + beams * self.beam_size * (n_best + 1)).view(-1)  # (places)
        parents = flat // (n_best + 1)
        next_tokens, next_log_probs = tokens.view(-1)[flat], totals.view(-1)[flat]
        extended = Beam(
            torch.cat((self.tokens[parents], next_tokens[:, None]), dim=1),
            next_log_probs,
            lengths.view(-1)[flat],
            (next_tokens == eos) & next_log_probs.isfinite(),
            self.beam_size,
        )
        return extended, parents

    def by_start(self, eos: int) -> Beams:
        """Return the beams with an axis of their own, and nothing in empty places."""
        shape, empty = (-1, self.beam_size), ~self.log_probs.isfinite()
        return Beams(
            self.tokens.masked_fill(empty[:, None], eos).view(*shape, self.tokens.shape[1]),
            self.log_probs.view(shape),
            self.lengths.masked_fill(empty, 0).view(shape),
        )
