"""Beam search of a transducer: the likeliest texts, all alignments of each summed.

Saon, Tüske, Audhkhasi, 2020, "Alignment-length synchronous decoding for RNN transducer", describe
it as time-synchronous decoding: in a frame every beginning writes no symbol, one, two, … and then
a blank; beginnings that are the same after the blank are summed. A beam that holds every
beginning gives each text its exact probability, but for alignments with more symbols in a frame
than are allowed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from .ctc_beam import Hypothesis
from .errors import SettingError
from .transducer import Joint, PredictionNetwork, PredictionState

__all__ = ["transducer_beam_search"]

Prefix = tuple[int, ...]


@dataclass(frozen=True)
class _Beginning:
    """A prefix, the logarithm of its probability, and what the prediction network knows of it."""

    prefix: Prefix
    log_prob: float
    written: Float[Tensor, " d_model"]
    state: PredictionState


@torch.no_grad()
def transducer_beam_search(
    prediction: PredictionNetwork,
    joint: Joint,
    heard: Float[Tensor, "frames d_encoder"],
    *,
    beam_size: int = 8,
    most: int = 3,
) -> list[Hypothesis]:
    """Return the best texts of one input, the best one first.

    Args:
        prediction, joint: of a trained `Transducer`, in evaluation mode.
        heard: what the encoder says.
        beam_size: beginnings that are kept after each frame and after each symbol.
        most: symbols that may be written in one frame.

    Raises SettingError: `beam_size` or `most` is below 1.
    """
    if min(beam_size, most) < 1:
        raise SettingError(f"beam_size and most must be at least 1, got {beam_size} and {most}")
    blank = torch.tensor([prediction.blank], device=heard.device)
    written, state = prediction.step(blank)
    beam = [_Beginning((), 0.0, written[0], state)]
    for frame in heard:
        done: dict[Prefix, _Beginning] = {}
        going = beam
        for n_written in range(most + 1):
            log_probs = joint(frame, torch.stack([each.written for each in going]))
            log_probs = log_probs.log_softmax(dim=-1).double()  # (beginnings, symbols)
            log_probs += torch.tensor([[each.log_prob] for each in going], device=frame.device)
            for each, log_prob in zip(going, log_probs[:, prediction.blank].tolist(), strict=True):
                _add(done, replace(each, log_prob=log_prob))
            if n_written < most:
                log_probs[:, prediction.blank] = -torch.inf
                going = _written_on(prediction, going, log_probs, beam_size)
            if not going:
                break
        beam = sorted(done.values(), key=lambda each: each.log_prob, reverse=True)[:beam_size]
    return [Hypothesis(each.prefix, each.log_prob, each.log_prob) for each in beam]


def _add(done: dict[Prefix, _Beginning], beginning: _Beginning) -> None:
    """Put a beginning among the others, summed with one of the same symbols."""
    found = done.get(beginning.prefix)
    if found is not None:
        both = torch.tensor([found.log_prob, beginning.log_prob], dtype=torch.float64)
        beginning = replace(found, log_prob=float(both.logsumexp(0)))
    done[beginning.prefix] = beginning


def _written_on(
    prediction: PredictionNetwork,
    going: list[_Beginning],
    log_probs: Float[Tensor, "beginnings symbols"],
    beam_size: int,
) -> list[_Beginning]:
    """Return the best beginnings with one symbol more."""
    n_symbols = log_probs.shape[1]
    best, places = log_probs.flatten().topk(min(beam_size, log_probs.numel()))
    places = places[best > -torch.inf]
    if not len(places):
        return []
    parents = [going[place // n_symbols] for place in places.tolist()]
    symbols = places % n_symbols
    state = tuple(torch.cat(parts) for parts in zip(*(p.state for p in parents), strict=True))
    written, (hidden, cell) = prediction.step(symbols, (state[0], state[1]))
    return [
        _Beginning((*parent.prefix, symbol), log_prob, vector, (hidden[n : n + 1], cell[n : n + 1]))
        for n, (parent, symbol, log_prob, vector) in enumerate(
            zip(parents, symbols.tolist(), best.tolist(), written, strict=False)
        )
    ]
