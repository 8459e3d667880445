"""Label smoothing: a part of what is taught is spread evenly over the vocabulary.

Szegedy et al., 2016, "Rethinking the Inception architecture for computer vision", section 7; with
ε = 0.1 in Vaswani et al., 2017, "Attention is all you need", section 5.4. Where only the right
token counts, logits grow without end to make it certain; here the loss is least where each other
token of V keeps a probability of ε/V. It makes perplexity worse and translations better.
"""

from __future__ import annotations

from jaxtyping import Float, Int
from torch import Tensor

from .errors import SettingError

__all__ = ["smoothed_cross_entropy"]


def smoothed_cross_entropy(
    logits: Float[Tensor, "*shape vocabulary"],
    targets: Int[Tensor, "*shape"],
    pad: int,
    smoothing: float = 0.1,
) -> Float[Tensor, ""]:
    """Return the mean cross-entropy (nats) of smoothed targets that are not `pad`; 0 if none is.

    The taught distribution is (1 - ε) at the target and ε/V at each of the V tokens, the target
    among them. Without smoothing this is `masked_cross_entropy`.

    smoothing: ε, the share of probability that is spread

    Raises SettingError: `smoothing` is not in [0, 1).
    """
    if not 0 <= smoothing < 1:
        raise SettingError(f"smoothing must be in [0, 1), got {smoothing}")
    real = targets != pad
    log_probs = logits[real].log_softmax(dim=-1)  # (tokens, vocabulary): no work for padding
    right = log_probs.gather(-1, targets[real][:, None]).sum()
    each = log_probs.mean(dim=-1).sum()
    return -((1 - smoothing) * right + smoothing * each) / max(len(log_probs), 1)
