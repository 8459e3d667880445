"""Reference solutions of the exercises of seminar 1: each function is a hole for the student.

They are small on purpose and use NumPy only. Each goes one step beyond a cell of the seminar: the
perceptron of many classes, parity, interpolation with flat ends, stacked networks, the best step on
a quadratic, AdamW, the gain of an activation.
"""

from collections.abc import Callable

import numpy as np

__all__ = [
    "adamw_path",
    "best_lr",
    "forward_many",
    "gain",
    "interpolation_network",
    "multiclass_update",
    "parity_network",
    "scaled_uniform",
]


def multiclass_update(weights: np.ndarray, x: np.ndarray, label: int) -> np.ndarray:
    """Return the weights (n_classes, n_features) after the perceptron has seen one example.

    The answer is the class with the largest score `weights @ x` (n_classes,). If it is `label`, the
    weights stay; otherwise the row of `label` gains x (n_features,) and the row of the answer loses
    x. The argument `weights` itself is not changed.
    """
    answer = int(np.argmax(weights @ x))
    updated = weights.copy()
    if answer != label:
        updated[label] += x
        updated[answer] -= x
    return updated


def parity_network(n_bits: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return W1 (n_bits, n_bits), b1 (n_bits,), w2 (n_bits,) and b2 of a network for parity.

    On bits x (n_bits,), each 0 or 1, `w2 @ relu(W1 @ x + b1) + b2` is exactly 1 if the number of
    ones is odd, and exactly 0 if it is even. There are n_bits hidden neurons, and no training.
    """
    thresholds = np.arange(n_bits)
    turns = np.where(thresholds == 0, 1.0, 2.0 * (-1.0) ** thresholds)
    return np.ones((n_bits, n_bits)), -thresholds.astype(float), turns, 0.0


def interpolation_network(
    knots: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return w1 (n,), b1 (n,), w2 (n,) and b2 of a network equal to `np.interp(x, knots, values)`.

    The network is `relu(x[:, None] * w1 + b1) @ w2 + b2`. The n knots increase; between them the
    network is the broken line through the points (knots, values), and outside of them it is
    constant, equal to the first and to the last value.
    """
    slopes = np.diff(values) / np.diff(knots)
    turns = np.diff(slopes, prepend=0.0, append=0.0)
    return np.ones(len(knots)), -knots, turns, float(values[0])


def forward_many(x: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]) -> np.ndarray:
    """Return the outputs (n_networks, batch, n_outputs) of many networks on x (batch, n_inputs).

    weights[l] has the shape (n_networks, fan_out, fan_in) and biases[l] the shape (n_networks,
    fan_out): slice k of each is network k. A layer is `x @ W.T + b`; ReLU stands between layers,
    not after the last one. The only loop is over layers. The arguments are not changed.
    """
    hidden = x
    for layer, (W, b) in enumerate(zip(weights, biases, strict=True)):
        if layer > 0:
            hidden = np.maximum(hidden, 0)
        hidden = hidden @ W.swapaxes(1, 2) + b[:, None, :]
    return hidden


def best_lr(hessian: np.ndarray) -> tuple[float, float]:
    """Return the best constant step of gradient descent on xᵀHx/2, and its factor of convergence.

    `hessian` H (d, d) is symmetric and positive definite. The factor is the largest number by which
    a step can multiply the distance to the minimum; the best step makes it as small as possible.
    """
    eigenvalues = np.linalg.eigvalsh(hessian)
    low, high = eigenvalues[0], eigenvalues[-1]
    return 2 / (low + high), (high - low) / (high + low)


def adamw_path(
    start: np.ndarray,
    grads: np.ndarray,
    lr: float,
    betas: tuple[float, float],
    weight_decay: float,
    eps: float = 1e-8,
) -> np.ndarray:
    """Return the weights (n_steps, d) after each step of AdamW from `start` (d,).

    grads[t - 1] (d,) is the gradient met in step t = 1, 2, …. With both means zero before it:
    mean ← β₁ · mean + (1 - β₁) · grad;
    mean_of_squares ← β₂ · mean_of_squares + (1 - β₂) · grad²;
    weights ← weights - lr · m̂ / (√v̂ + eps) - lr · weight_decay · weights,
    where m̂ = mean / (1 - β₁ᵗ), v̂ = mean_of_squares / (1 - β₂ᵗ), and the weights on the right are
    those before the step. The decay does not pass through the means: that is the W in the name.
    """
    weights, path = start, []
    mean = mean_of_squares = np.zeros_like(start)
    for t, grad in enumerate(grads, start=1):
        mean = betas[0] * mean + (1 - betas[0]) * grad
        mean_of_squares = betas[1] * mean_of_squares + (1 - betas[1]) * grad**2
        root = np.sqrt(mean_of_squares / (1 - betas[1] ** t))
        step = mean / (1 - betas[0] ** t) / (root + eps)
        weights = weights - lr * step - lr * weight_decay * weights
        path.append(weights)
    return np.array(path)


def gain(activation: Callable[[np.ndarray], np.ndarray]) -> float:
    """Return the gain of an elementwise activation φ: 1 / √E[φ(z)²] for z ~ N(0, 1).

    Weights of the deviation gain / √fan_in then keep the second moment from layer to layer: √2 for
    ReLU, 1 for the identity. Three right digits are enough; how to take the mean is up to you (a
    fine grid, a quadrature, a large sample).
    """
    z = np.linspace(-12, 12, 20_001)
    density = np.exp(-(z**2) / 2)
    return float(1 / np.sqrt(np.average(activation(z) ** 2, weights=density)))


def scaled_uniform(
    fan_in: int, fan_out: int, gain: float, mode: str, rng: np.random.Generator
) -> np.ndarray:
    """Return weights (fan_out, fan_in) drawn from U(-a, a) with the variance gain² / n.

    `mode` says what n is: "forward" fan_in, "backward" fan_out, "both" their mean (so that the
    gain 1 with "both" is Xavier, and √2 with "forward" is Kaiming). Find a yourself.
    """
    n = {"forward": fan_in, "backward": fan_out, "both": (fan_in + fan_out) / 2}[mode]
    bound = gain * np.sqrt(3 / n)
    return rng.uniform(-bound, bound, size=(fan_out, fan_in))
