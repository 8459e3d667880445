"""Reference solutions of the exercises of seminar 2: gradients by hand.

Each function is a hole: the student sees its signature and docstring. The letter g of the
seminar, the gradient of a scalar loss by an operation's output, is `grad_output` here.
"""

import numpy as np
from jaxtyping import Float, Int
from scipy.special import expit

__all__ = [
    "adjoint_cumsum",
    "adjoint_gather",
    "grad_batch_norm",
    "grad_cross_entropy",
    "grad_dense",
    "grad_log_softmax",
    "grad_logistic_regression",
    "grad_relu",
    "hvp_logistic_regression",
    "unbroadcast",
]


def grad_logistic_regression(
    X: Float[np.ndarray, "batch features"],
    y: Int[np.ndarray, " batch"],
    w: Float[np.ndarray, " features"],
    b: float,
) -> tuple[Float[np.ndarray, " features"], float]:
    """Return the gradients by ``w`` and by ``b`` of the mean logistic loss.

    The loss is the mean over the batch of log(1 + exp(-y (x·w + b))); the labels are -1 and +1.
    Nothing overflows, however large the margins.
    """
    margins = y * (X @ w + b)
    slopes = -y * expit(-margins) / len(y)  # of the loss, by each x·w + b
    return X.T @ slopes, slopes.sum()


def grad_dense(
    X: Float[np.ndarray, "batch d_in"],
    W: Float[np.ndarray, "d_in d_out"],
    grad_output: Float[np.ndarray, "batch d_out"],
) -> tuple[
    Float[np.ndarray, "batch d_in"], Float[np.ndarray, "d_in d_out"], Float[np.ndarray, " d_out"]
]:
    """Return the gradients by ``X``, ``W`` and ``b`` of a loss behind the layer X W + b.

    ``grad_output`` is the gradient of that loss by the layer's output. The value of b is not
    needed.
    """
    return grad_output @ W.T, X.T @ grad_output, grad_output.sum(axis=0)


def grad_relu(
    X: Float[np.ndarray, "*shape"], grad_output: Float[np.ndarray, "*shape"]
) -> Float[np.ndarray, "*shape"]:
    """Return the gradient by ``X`` of a loss behind max(X, 0); at zero the derivative is 0.

    A new array: ``X`` and ``grad_output`` stay as they are.
    """
    return grad_output * (X > 0)


def grad_log_softmax(
    logits: Float[np.ndarray, "batch classes"], grad_output: Float[np.ndarray, "batch classes"]
) -> Float[np.ndarray, "batch classes"]:
    """Return the gradient by ``logits`` of a loss behind log softmax, taken over each row.

    ``grad_output`` is any array of that shape. Nothing overflows, however large the logits.
    """
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = exponents / exponents.sum(axis=1, keepdims=True)
    return grad_output - probabilities * grad_output.sum(axis=1, keepdims=True)


def grad_cross_entropy(
    logits: Float[np.ndarray, "batch classes"], labels: Int[np.ndarray, " batch"]
) -> Float[np.ndarray, "batch classes"]:
    """Return the gradient by ``logits`` of the mean over the batch of -log softmax(x)[label].

    ``labels`` are class numbers from 0. Nothing overflows, however large the logits.
    """
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    grad = exponents / exponents.sum(axis=1, keepdims=True)
    grad[np.arange(len(labels)), labels] -= 1
    return grad / len(labels)


def grad_batch_norm(
    X: Float[np.ndarray, "batch features"],
    gamma: Float[np.ndarray, " features"],
    grad_output: Float[np.ndarray, "batch features"],
    eps: float = 1e-5,
) -> tuple[
    Float[np.ndarray, "batch features"],
    Float[np.ndarray, " features"],
    Float[np.ndarray, " features"],
]:
    """Return the gradients by ``X``, ``gamma`` and ``beta`` of a loss behind BatchNorm.

    In training the layer gives gamma · (X - mean) / sqrt(var + eps) + beta, where mean and var
    (the biased one: divided by the batch size) are each feature's own over the batch, so they
    depend on ``X`` too. The value of beta is not needed.
    """
    std = np.sqrt(X.var(axis=0) + eps)
    normalised = (X - X.mean(axis=0)) / std
    grad_gamma = (grad_output * normalised).sum(axis=0)
    grad_beta = grad_output.sum(axis=0)
    centred = grad_output - grad_output.mean(axis=0)
    along = normalised * (grad_output * normalised).mean(axis=0)
    return gamma / std * (centred - along), grad_gamma, grad_beta


def unbroadcast(
    grad_output: Float[np.ndarray, "*stretched"], shape: tuple[int, ...]
) -> Float[np.ndarray, "*shape"]:
    """Return the gradient by an array of this ``shape`` that was broadcast to grad_output's.

    Axes that broadcasting put in front, and axes of length 1 that it stretched, are summed over;
    the result has exactly ``shape``.
    """
    in_front = grad_output.ndim - len(shape)
    grad = grad_output.sum(axis=tuple(range(in_front)))
    stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return grad.sum(axis=stretched, keepdims=True)


def adjoint_gather(
    grad_output: Float[np.ndarray, "picked d_model"],
    index: Int[np.ndarray, " picked"],
    n_rows: int,
) -> Float[np.ndarray, "n_rows d_model"]:
    """Return the gradient by ``table``, which has ``n_rows`` rows, of a loss behind table[index].

    The same row may be picked many times, another never.
    """
    grad = np.zeros((n_rows, grad_output.shape[1]))
    np.add.at(grad, index, grad_output)
    return grad


def adjoint_cumsum(grad_output: Float[np.ndarray, " time"]) -> Float[np.ndarray, " time"]:
    """Return the gradient by ``x`` of a loss behind ``np.cumsum(x)``, without building a matrix."""
    return grad_output[::-1].cumsum()[::-1]


def hvp_logistic_regression(
    X: Float[np.ndarray, "batch features"],
    y: Int[np.ndarray, " batch"],
    w: Float[np.ndarray, " features"],
    v: Float[np.ndarray, " features"],
) -> Float[np.ndarray, " features"]:
    """Return the Hessian by ``w`` of the mean logistic loss (no bias), times the vector ``v``.

    The loss is the mean of log(1 + exp(-y (x·w))), the labels are -1 and +1. No array with
    features × features (or batch × batch) elements is built.
    """
    probability = expit(y * (X @ w))
    curvature = probability * (1 - probability)
    return X.T @ (curvature * (X @ v)) / len(y)
