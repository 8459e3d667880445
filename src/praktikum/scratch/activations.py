"""Activations: functions that a network applies to every number, and LogSoftmax.

An elementwise activation y = f(x) has the gradient `grad_output · f'(x)`. LogSoftmax is the
exception: each of its outputs depends on a whole row. None of them has parameters.

Sources: Nair, Hinton, "Rectified linear units improve restricted Boltzmann machines" (ICML
2010); Maas et al., "Rectifier nonlinearities improve neural network acoustic models" (2013,
LeakyReLU); Clevert et al., "Fast and accurate deep network learning by ELUs" (ICLR 2016).
Values and gradients, also at the kink x = 0, are those of `torch.nn`. Left out: PReLU, whose
slope is trained, and the smooth relatives GELU and SiLU.
"""

import numpy as np
from jaxtyping import Float

from .layers import Layer

__all__ = ["ELU", "LeakyReLU", "LogSoftmax", "ReLU", "Sigmoid", "Tanh"]

Batch = Float[np.ndarray, "batch features"]
NoParams = Float[np.ndarray, "0"]


class ReLU(Layer):
    """The rectifier, max(0, x)."""

    def forward(self, input: Batch) -> Batch:
        """Return max(0, x) for every number x of `input`; remember what `backward` needs."""
        output: np.ndarray = np.maximum(input, 0)
        # It tells as well as the input where x > 0, and the next layer keeps it anyway.
        self.output = output
        return output

    def backward(self, grad_output: Batch) -> tuple[Batch, NoParams]:
        """Return `grad_output` where the input was positive and 0 elsewhere, and an empty array.

        At x = 0 exactly, where there is no derivative, it is taken to be 0.
        """
        # NumPy multiplies two floats faster than a float and a bool.
        grad_input = (self.output > 0).astype(grad_output.dtype)
        grad_input *= grad_output
        return grad_input, np.empty(0, grad_output.dtype)


class LeakyReLU(Layer):
    """The rectifier that lets a share of negative numbers through: x or negative_slope · x."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def forward(self, input: Batch) -> Batch:
        """Return x where x > 0, and negative_slope · x elsewhere."""
        self.input = input
        return np.where(input > 0, input, self.negative_slope * input)

    def backward(self, grad_output: Batch) -> tuple[Batch, NoParams]:
        """Return `grad_output` times 1 where x > 0 and times negative_slope elsewhere, and an
        empty array.
        """
        grad_input = np.where(self.input > 0, grad_output, self.negative_slope * grad_output)
        return grad_input, np.empty(0, grad_output.dtype)


class ELU(Layer):
    """The exponential linear unit: x, or alpha · (eˣ - 1) where x is not positive."""

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def forward(self, input: Batch) -> Batch:
        """Return x where x > 0, and alpha · (eˣ - 1) elsewhere.

        No x overflows: eˣ is taken of min(x, 0) only. `np.expm1` keeps the digits of small x.
        """
        self.input = input
        return np.where(input > 0, input, self.alpha * np.expm1(np.minimum(input, 0)))

    def backward(self, grad_output: Batch) -> tuple[Batch, NoParams]:
        """Return `grad_output` times 1 where x > 0 and times alpha · eˣ elsewhere, and an empty
        array. No x overflows.
        """
        slope = np.where(self.input > 0, 1, self.alpha * np.exp(np.minimum(self.input, 0)))
        return grad_output * slope, np.empty(0, grad_output.dtype)


class Tanh(Layer):
    """The hyperbolic tangent."""

    def forward(self, input: Batch) -> Batch:
        """Return tanh(x); remember it: the derivative is written through it."""
        output: np.ndarray = np.tanh(input)
        self.output = output
        return output

    def backward(self, grad_output: Batch) -> tuple[Batch, NoParams]:
        """Return `grad_output` · (1 - tanh²(x)) and an empty array."""
        return grad_output * (1 - self.output * self.output), np.empty(0, grad_output.dtype)


class Sigmoid(Layer):
    """The logistic function σ(x) = 1 / (1 + e⁻ˣ)."""

    def forward(self, input: Batch) -> Batch:
        """Return σ(x) without overflow for any x; remember it: the derivative is σ (1 - σ).

        The identity σ(x) = (1 + tanh(x/2)) / 2 never raises e to a large power.
        """
        self.output = 0.5 * (1 + np.tanh(0.5 * input))
        return self.output

    def backward(self, grad_output: Batch) -> tuple[Batch, NoParams]:
        """Return `grad_output` · σ(x) · (1 - σ(x)) and an empty array."""
        return grad_output * self.output * (1 - self.output), np.empty(0, grad_output.dtype)


class LogSoftmax(Layer):
    """The logarithms of the probabilities that a row of logits stands for."""

    def forward(
        self, input: Float[np.ndarray, "batch classes"]
    ) -> Float[np.ndarray, "batch classes"]:
        """Return log(e^x_i / Σ_j e^x_j) for every row x of `input`.

        It must hold for any finite logits, 1000 or -1000 among them: subtract the row's maximum
        first, which changes nothing in the ratio. Remember the output for `backward`.
        """
        output: np.ndarray = input - input.max(axis=1, keepdims=True)
        output -= np.log(np.exp(output).sum(axis=1, keepdims=True))
        self.output = output
        return output

    def backward(
        self, grad_output: Float[np.ndarray, "batch classes"]
    ) -> tuple[Float[np.ndarray, "batch classes"], NoParams]:
        """Return the gradient by the logits, for any `grad_output` G, and an empty array.

        Output i of a row depends on every logit j of it: ∂y_i/∂x_j = [i = j] - p_j, where p is
        the softmax of the row. So the gradient is G - p · (sum of the row of G). Do not assume
        that G has one nonzero number a row, as the NLL's gradient has.
        """
        grad_input = np.exp(self.output)
        grad_input *= -grad_output.sum(axis=1, keepdims=True)
        grad_input += grad_output
        return grad_input, np.empty(0, grad_output.dtype)
