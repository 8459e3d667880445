"""Texts written one token after the other: the likeliest each time, or one drawn by chance.

A text ends with its first `eos`; it is then taken out of the batch, and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .decoding_step import State, Step, select_rows
from .errors import SettingError
from .sampling import draw, top_k, top_p

__all__ = ["Decoded", "decode", "greedy", "sample"]

Choose = Callable[[Float[Tensor, "rows vocabulary"]], Int[Tensor, " rows"]]


@dataclass(frozen=True)
class Decoded:
    """Texts, without the token that they were begun with.

    Attributes:
        tokens: a row for each text; `eos` also stands for what would come after the end.
        log_probs: natural logarithm of the probability that the model gives to each text.
        lengths: tokens of each text, with its `eos` where it has one.
    """

    tokens: Int[Tensor, "texts time"]
    log_probs: Float[Tensor, " texts"]
    lengths: Int[Tensor, " texts"]


@torch.no_grad()
def decode(
    step: Step,
    start: Int[Tensor, " texts"],
    state: State,
    choose: Choose,
    *,
    eos: int,
    max_length: int,
) -> Decoded:
    """Return the texts that `choose` makes of a model.

    Args:
        step: the model; it is called with the texts that have not ended yet.
        start: the token that each text begins with, such as `<sos>` or the last of a prompt.
        state: what the model knows before `start`; None for nothing.
        choose: from logits [rows, vocabulary] to the next tokens [rows].
        eos: the token that ends a text.
        max_length: tokens written at most, with `eos`.

    Raises SettingError: `max_length` is below 1.
    """
    if max_length < 1:
        raise SettingError(f"max_length must be at least 1 token, got {max_length}")
    written = torch.full((len(start), max_length), eos, device=start.device)
    lengths = torch.zeros_like(start)
    log_probs = torch.zeros(len(start), device=start.device)
    rows, tokens = torch.arange(len(start), device=start.device), start
    for time in range(max_length):
        if not len(rows):
            break
        logits, state = step(tokens, state)
        tokens = choose(logits)
        chosen = logits.log_softmax(dim=-1).gather(-1, tokens[:, None]).squeeze(-1)
        written[rows, time] = tokens
        log_probs[rows] += chosen.to(log_probs.dtype)
        lengths[rows] += 1
        (going_on,) = (tokens != eos).nonzero(as_tuple=True)
        if len(going_on) < len(rows):
            rows, tokens, state = rows[going_on], tokens[going_on], select_rows(state, going_on)
    return Decoded(written[:, : int(lengths.max()) if len(start) else 0], log_probs, lengths)


def greedy(
    step: Step, start: Int[Tensor, " texts"], state: State = None, *, eos: int, max_length: int
) -> Decoded:
    """Return texts of the likeliest token each time; the arguments are those of `decode`.

    The likeliest tokens need not make the likeliest text: see `beam_search`.
    """
    return decode(step, start, state, partial(torch.argmax, dim=-1), eos=eos, max_length=max_length)


def sample(
    step: Step,
    start: Int[Tensor, " texts"],
    state: State = None,
    *,
    eos: int,
    max_length: int,
    temperature: float = 1.0,
    k: int | None = None,
    p: float | None = None,
    generator: torch.Generator | None = None,
) -> Decoded:
    """Return texts drawn by chance; `log_probs` are those of the model itself.

    Args:
        step, start, state, eos, max_length: as for `decode`.
        temperature: divides the logits first; see `draw`.
        k: draw from the so many likeliest tokens, default all.
        p: draw from the nucleus of this probability, default all; with `k`, of what it leaves.
        generator: where chance comes from; None is torch's own.
    """

    def choose(logits: Float[Tensor, "rows vocabulary"]) -> Int[Tensor, " rows"]:
        logits = logits / temperature
        if k is not None:
            logits = top_k(logits, k)
        if p is not None:
            logits = top_p(logits, p)
        return draw(logits, generator=generator)

    if temperature <= 0:
        raise SettingError(
            f"temperature must be above 0, got {temperature}; without any chance, call greedy()"
        )
    return decode(step, start, state, choose, eos=eos, max_length=max_length)
