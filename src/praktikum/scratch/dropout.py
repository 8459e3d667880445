"""Dropout: training with a random part of the numbers switched off.

Inverted dropout, as everywhere today: kept numbers are scaled by 1 / (1 - p) in training, so
that their mean is right and evaluation needs nothing. Source: Srivastava et al., "Dropout: a
simple way to prevent neural networks from overfitting" (JMLR 2014). Left out: dropping whole
channels, and masks shared between steps (the dropouts of recurrent cells).
"""

import numpy as np
from jaxtyping import Float

from .errors import SettingError
from .layers import Layer

__all__ = ["Dropout"]


class Dropout(Layer):
    """The layer that zeroes each number with probability `p` in training, and none later.

    `rng=None` draws from fresh entropy. Raises SettingError unless 0 <= p < 1.
    """

    def __init__(self, p: float = 0.5, *, rng: np.random.Generator | None = None) -> None:
        if not 0 <= p < 1:
            raise SettingError(f"p is the probability of dropping and needs 0 <= p < 1, got {p}")
        self.p = p
        self.rng = np.random.default_rng(rng)

    def forward(
        self, input: Float[np.ndarray, "batch features"]
    ) -> Float[np.ndarray, "batch features"]:
        """Return `input` with dropped numbers zeroed and kept ones divided by 1 - p.

        In training each number is dropped independently with probability p, and the choice is
        drawn from `self.rng` afresh in every call and remembered for `backward`. In evaluation
        (`self.training` is False) return `input` unchanged. The dtype is the input's.
        """
        if not self.training:
            return input
        kept = self.rng.random(input.shape) >= self.p
        self.scale = kept.astype(input.dtype) / (1 - self.p)
        return input * self.scale

    def backward(
        self, grad_output: Float[np.ndarray, "batch features"]
    ) -> tuple[Float[np.ndarray, "batch features"], Float[np.ndarray, "0"]]:
        """Return the gradient by the input and an empty array: there are no parameters.

        In training the gradient is zero where `forward` dropped and divided by 1 - p where it
        kept; in evaluation it is `grad_output` unchanged.
        """
        grad_input = grad_output * self.scale if self.training else grad_output
        return grad_input, np.empty(0, grad_output.dtype)
