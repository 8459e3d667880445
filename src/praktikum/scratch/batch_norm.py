"""Batch normalisation of features.

Source: Ioffe, Szegedy, "Batch Normalization" (ICML 2015), algorithms 1 and 2. Where the paper
and torch differ in detail, this follows `torch.nn.BatchNorm1d`. Left out: images (axes besides
batch and features), and an average over all batches in place of a running one.
"""

import numpy as np
from jaxtyping import Float
from numpy.typing import DTypeLike

from .errors import SettingError, ShapeError
from .layers import Layer

__all__ = ["BatchNorm"]


class BatchNorm(Layer):
    """The layer that gives each feature mean `beta` and deviation `gamma` over the batch.

    gamma, beta:                 (features,), trained; start at 1 and 0
    running_mean, running_var:   (features,), what evaluation normalises by; start at 0 and 1
    momentum:                    the weight of the newest batch in the running statistics
    eps:                         what is added to a variance before the root

    The flat parameters are gamma and then beta. Raises SettingError unless n_features >= 1,
    0 <= momentum <= 1 and eps > 0.
    """

    def __init__(
        self,
        n_features: int,
        *,
        momentum: float = 0.1,
        eps: float = 1e-5,
        dtype: DTypeLike = np.float64,
    ) -> None:
        if n_features < 1 or not 0 <= momentum <= 1 or not eps > 0:
            raise SettingError(
                f"BatchNorm needs n_features >= 1, 0 <= momentum <= 1 and eps > 0, got "
                f"n_features={n_features}, momentum={momentum}, eps={eps}"
            )
        self.momentum = momentum
        self.eps = eps
        self.gamma = np.ones(n_features, dtype)
        self.beta = np.zeros(n_features, dtype)
        self.running_mean = np.zeros(n_features, dtype)
        self.running_var = np.ones(n_features, dtype)

    def parameters(self) -> list[np.ndarray]:
        """Return gamma and beta themselves."""
        return [self.gamma, self.beta]

    def forward(
        self, input: Float[np.ndarray, "batch features"]
    ) -> Float[np.ndarray, "batch features"]:
        """Return gamma · (x - mean) / √(var + eps) + beta, feature by feature.

        In training, mean and var are those of the batch, var with the divisor n = batch size.
        They also move the running statistics by `momentum` m:
        running ← (1 - m) · running + m · batch's, where the variance is now the unbiased one,
        with the divisor n - 1. In evaluation, mean and var are the running ones, which stay.

        Raises ShapeError in training on fewer than two examples: one has no variance.
        """
        if self.training:
            n = len(input)
            if n < 2:
                raise ShapeError(
                    f"BatchNorm in training needs at least 2 examples in a batch, got {n}; choose "
                    "another batch size or call eval()"
                )
            mean, var = input.mean(axis=0), input.var(axis=0)
            m = self.momentum
            self.running_mean = (1 - m) * self.running_mean + m * mean
            self.running_var = (1 - m) * self.running_var + m * var * n / (n - 1)
        else:
            mean, var = self.running_mean, self.running_var
        self.std = np.sqrt(var + self.eps)
        self.normalised = (input - mean) / self.std
        output: np.ndarray = self.gamma * self.normalised + self.beta
        return output

    def backward(
        self, grad_output: Float[np.ndarray, "batch features"]
    ) -> tuple[Float[np.ndarray, "batch features"], Float[np.ndarray, " params"]]:
        """Return the gradients by the input and by the flat parameters (gamma, then beta).

        With x̂ the normalised input and G = `grad_output`: the gradient by gamma is the sum over
        the batch of G · x̂, by beta the sum of G, by x̂ it is H = gamma · G. In training x moves
        the mean and the variance of the batch too, and with averages over the batch

            grad_input = (H - mean(H) - x̂ · mean(H · x̂)) / √(var + eps).

        In evaluation mean and var are constants, and grad_input = H / √(var + eps).
        """
        grad_gamma = (grad_output * self.normalised).sum(axis=0)
        grad_beta = grad_output.sum(axis=0)
        grad_input = self.gamma * grad_output
        if self.training:
            n = len(grad_output)
            # The sums over the batch are at hand: mean(H) = gamma · sum(G) / n.
            grad_input -= self.gamma / n * (grad_beta + self.normalised * grad_gamma)
        return grad_input / self.std, np.concatenate([grad_gamma, grad_beta])
