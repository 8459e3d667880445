"""Reference solutions of what task 4 asks for beyond the library.

Rotary positions are here in the form of the paper, as products of complex numbers, and as an
attention that turns queries and keys where it attends: so a stream's cache needs no steps.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from praktikum.audio.denoising_metrics import si_sdr_gain
from praktikum.data.noisy_speech import NoisyPair, collate_noisy
from praktikum.sequence import MultiHeadAttention

__all__ = ["RotaryAttention", "gains_by_domain", "turned"]


@torch.no_grad()
def gains_by_domain(
    model: nn.Module, pairs: Sequence[NoisyPair], batch_size: int = 8
) -> dict[str, float]:
    """Return by how many dB of SI-SDR a model raises the pairs of each domain, on average.

    Every pair counts as much as another of its domain, whatever its length and whatever batch it
    is in; the last batch may be smaller. The model is called as ``model(noisy, lengths)`` on
    batches of `collate_noisy`; what it says at padding doesn't count. It works in evaluation mode
    and is left in the mode that it came in.
    """
    found: dict[str, list[float]] = {}
    training = model.training
    model.eval()
    for start in range(0, len(pairs), batch_size):
        batch = collate_noisy([pairs[i] for i in range(start, min(start + batch_size, len(pairs)))])
        estimates = model(batch.noisy, batch.lengths)
        rows = zip(estimates, batch.noisy, batch.speech, batch.lengths, batch.domains, strict=True)
        for estimate, noisy, speech, length, domain in rows:
            gain = si_sdr_gain(estimate[:length], noisy[:length], speech[:length])
            found.setdefault(domain, []).append(float(gain))
    model.train(training)
    return {domain: sum(gains) / len(gains) for domain, gains in found.items()}


def turned(
    x: Float[Tensor, "*batch time d_head"], steps: Float[Tensor, " time"], base: float = 10_000.0
) -> Float[Tensor, "*batch time d_head"]:
    """Return queries (or keys) with rotary positions; ``x[..., t, :]`` is at the step ``steps[t]``.

    Neighbouring numbers (0, 1), (2, 3) … are pairs; pair number i of step s is a complex number
    x + iy, and is multiplied by e^(i·s·base^(-2i/d_head)). The order of the numbers and their
    precision stay; the angles are computed in float64.
    """
    exponents = torch.arange(0, x.shape[-1], 2, dtype=torch.float64) / x.shape[-1]
    angles = steps.double()[:, None] * base**-exponents  # (time, pairs)
    turns = torch.polar(torch.ones_like(angles), angles)
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * turns.to(pairs)).flatten(-2)


class RotaryAttention(MultiHeadAttention):
    """Multi-head self-attention with rotary positions; arguments are those of its parent.

    Nothing is learned beside the projections.
    """

    def attend(
        self,
        query: Float[Tensor, "batch n_heads q_len d_head"],
        key: Float[Tensor, "batch n_heads k_len d_head"],
        value: Float[Tensor, "batch n_heads k_len d_head"],
        mask: Tensor | None,
        causal: bool,
        need_weights: bool,
    ) -> tuple[
        Float[Tensor, "batch n_heads q_len d_head"],
        Float[Tensor, "batch n_heads q_len k_len"] | None,
    ]:
        """Return the attention of projected heads, queries and keys turned, and its map if needed.

        The scores are products of turned queries and turned keys over √d_head; values stay as they
        are. The queries are the last q_len of the k_len steps. The parent's `attend` does the rest.
        """
        steps = torch.arange(key.shape[2])
        query = turned(query, steps[key.shape[2] - query.shape[2] :])
        return super().attend(query, turned(key, steps), value, mask, causal, need_weights)
