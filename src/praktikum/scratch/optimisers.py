"""First-order optimisers behind one small protocol: SGD, Nesterov, AdaGrad, RMSProp, Adam.

An optimiser sees weights and a gradient, both flat, and returns new weights. It keeps what it
needs between steps, so each training needs an optimiser of its own. Steps are those of
`torch.optim`, in the order of its operations; L-BFGS is in `training`, from SciPy.

Sources: Sutskever et al., "On the importance of initialization and momentum" (ICML 2013);
Duchi et al., "Adaptive subgradient methods" (JMLR 2011); Tieleman, Hinton, lecture 6.5 of
"Neural networks for machine learning" (2012, RMSProp); Kingma, Ba, "Adam" (ICLR 2015), algorithm
1. Left out: weight decay and schedules of the learning rate.
"""

from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from .errors import SettingError

__all__ = ["SGD", "AdaGrad", "Adam", "Nesterov", "Optimiser", "RMSProp"]

Weights = Float[np.ndarray, " weights"]


@runtime_checkable
class Optimiser(Protocol):
    """What training asks of an optimiser."""

    def step(self, weights: Weights, grad: Weights) -> Weights:
        """Return the weights after one step against `grad`, in a new array."""


def check_range(name: str, value: float, low: float, high: float = np.inf) -> None:
    """Raise SettingError unless low <= value < high."""
    if not low <= value < high:
        raise SettingError(f"{name} must be at least {low:g} and below {high:g}, got {value:g}")


class SGD:
    """Stochastic gradient descent with momentum; `momentum=0` is plain descent."""

    def __init__(self, lr: float, momentum: float = 0.0) -> None:
        check_range("lr", lr, 0)
        check_range("momentum", momentum, 0, 1)
        self.lr, self.momentum = lr, momentum
        self.velocity: np.ndarray | float = 0.0

    def step(self, weights: Weights, grad: Weights) -> Weights:
        """Return the weights after one step, in a new array; move `self.velocity`.

        velocity ← momentum · velocity + grad, zero before the first step;
        weights ← weights - lr · velocity.
        """
        self.velocity = self.momentum * self.velocity + grad
        return weights - self.lr * self.velocity


class Nesterov:
    """Momentum that looks ahead: the gradient is meant at the point where it would carry us.

    This is the form that needs the gradient at the present weights only (Sutskever et al.,
    section 2, with the variables shifted as torch does).
    """

    def __init__(self, lr: float, momentum: float = 0.9) -> None:
        check_range("lr", lr, 0)
        check_range("momentum", momentum, 0, 1)
        self.lr, self.momentum = lr, momentum
        self.velocity: np.ndarray | float = 0.0

    def step(self, weights: Weights, grad: Weights) -> Weights:
        """Return the weights after one step, in a new array; move `self.velocity`.

        velocity ← momentum · velocity + grad, zero before the first step;
        weights ← weights - lr · (grad + momentum · velocity), with the new velocity.
        """
        self.velocity = self.momentum * self.velocity + grad
        return weights - self.lr * (grad + self.momentum * self.velocity)


class AdaGrad:
    """Steps that shrink, weight by weight, with all gradients seen so far."""

    def __init__(self, lr: float = 1e-2, eps: float = 1e-10) -> None:
        check_range("lr", lr, 0)
        check_range("eps", eps, 0)
        self.lr, self.eps = lr, eps
        self.sum_of_squares: np.ndarray | float = 0.0

    def step(self, weights: Weights, grad: Weights) -> Weights:
        """Return the weights after one step, in a new array; move `self.sum_of_squares`.

        sum_of_squares ← sum_of_squares + grad², zero before the first step;
        weights ← weights - lr · grad / (√sum_of_squares + eps).
        """
        self.sum_of_squares = self.sum_of_squares + grad**2
        return weights - self.lr * grad / (np.sqrt(self.sum_of_squares) + self.eps)


class RMSProp:
    """AdaGrad that forgets: a running mean of squares in place of their sum."""

    def __init__(self, lr: float = 1e-2, alpha: float = 0.99, eps: float = 1e-8) -> None:
        check_range("lr", lr, 0)
        check_range("alpha", alpha, 0, 1)
        check_range("eps", eps, 0)
        self.lr, self.alpha, self.eps = lr, alpha, eps
        self.mean_of_squares: np.ndarray | float = 0.0

    def step(self, weights: Weights, grad: Weights) -> Weights:
        """Return the weights after one step, in a new array; move `self.mean_of_squares`.

        mean_of_squares ← alpha · mean_of_squares + (1 - alpha) · grad², zero before the first;
        weights ← weights - lr · grad / (√mean_of_squares + eps).
        """
        self.mean_of_squares = self.alpha * self.mean_of_squares + (1 - self.alpha) * grad**2
        return weights - self.lr * grad / (np.sqrt(self.mean_of_squares) + self.eps)


class Adam:
    """Momentum and RMSProp together, with both running means corrected for their zero start."""

    def __init__(
        self, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8
    ) -> None:
        check_range("lr", lr, 0)
        check_range("betas[0]", betas[0], 0, 1)
        check_range("betas[1]", betas[1], 0, 1)
        check_range("eps", eps, 0)
        self.lr, self.betas, self.eps = lr, betas, eps
        self.n_steps = 0
        self.mean: np.ndarray | float = 0.0
        self.mean_of_squares: np.ndarray | float = 0.0

    def step(self, weights: Weights, grad: Weights) -> Weights:
        """Return the weights after one step, in a new array; move the means and `self.n_steps`.

        In step t = 1, 2, …, with (β₁, β₂) = betas and both means zero before the first:
        mean ← β₁ · mean + (1 - β₁) · grad;
        mean_of_squares ← β₂ · mean_of_squares + (1 - β₂) · grad²;
        weights ← weights - lr · m̂ / (√v̂ + eps),
        where m̂ = mean / (1 - β₁ᵗ) and v̂ = mean_of_squares / (1 - β₂ᵗ).
        """
        self.n_steps += 1
        beta1, beta2 = self.betas
        self.mean = beta1 * self.mean + (1 - beta1) * grad
        self.mean_of_squares = beta2 * self.mean_of_squares + (1 - beta2) * grad**2
        corrected_mean = self.mean / (1 - beta1**self.n_steps)
        corrected_squares = self.mean_of_squares / (1 - beta2**self.n_steps)
        return weights - self.lr * corrected_mean / (np.sqrt(corrected_squares) + self.eps)
