"""A network: a list of layers that ends in LogSoftmax, its weights and their gradient.

All weights of a network are also one flat array, because that is what optimisers of SciPy
work on. `compute_loss_grad` has the signature that `scipy.optimize.minimize` wants with
`jac=True`, and calls nothing but `forward` and `backward` of the layers.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import DTypeLike

from .activations import LogSoftmax
from .batch_norm import BatchNorm
from .dropout import Dropout
from .errors import SettingError, ShapeError
from .initialisation import Initialiser, kaiming_normal
from .layers import Dense, Layer
from .losses import NLL, grad_NLL

__all__ = [
    "Network",
    "compute_loss_grad",
    "evaluation",
    "forward",
    "get_weights",
    "make_network",
    "predict",
    "set_weights",
]

Network = list[Layer]


def make_network(
    input_size: int,
    hidden_layers_size: int,
    output_size: int,
    n_layers: int,
    activation_class: Callable[[], Layer],
    *,
    init: Initialiser = kaiming_normal,
    batch_norm: bool = False,
    dropout: float = 0.0,
    rng: np.random.Generator | None = None,
    dtype: DTypeLike = np.float64,
) -> Network:
    """Return a classifier: `n_layers` Dense layers, and LogSoftmax at the end.

    All Dense layers but the last give `hidden_layers_size` outputs, and each of them is followed
    by BatchNorm (if `batch_norm`), a new `activation_class()` and Dropout (if `dropout` > 0, the
    share of zeroed numbers). The last gives `output_size` logits. So `n_layers=1` is logistic
    regression, `n_layers=3` a perceptron with two hidden layers.

    The first layer does not compute the gradient by the data (`Layer.needs_grad_input`); set it
    to True if you want to see which pixels matter.

    Weights come from `init` and `rng`, one layer after another; `rng=None` draws from fresh
    entropy. Raises SettingError if n_layers < 1.
    """
    if n_layers < 1:
        raise SettingError(f"n_layers counts Dense layers and must be at least 1, got {n_layers}")
    rng = np.random.default_rng(rng)
    network: Network = []
    for _ in range(n_layers - 1):
        network.append(Dense(input_size, hidden_layers_size, init=init, rng=rng, dtype=dtype))
        if batch_norm:
            network.append(BatchNorm(hidden_layers_size, dtype=dtype))
        network.append(activation_class())
        if dropout > 0:
            network.append(Dropout(dropout, rng=rng))
        input_size = hidden_layers_size
    network.append(Dense(input_size, output_size, init=init, rng=rng, dtype=dtype))
    network.append(LogSoftmax())
    network[0].needs_grad_input = False
    return network


def forward(
    network: Network, X: Float[np.ndarray, "batch features"]
) -> Float[np.ndarray, "batch classes"]:
    """Return the output of the last layer: each layer's output is the next one's input."""
    output = X
    for layer in network:
        output = layer.forward(output)
    return output


@contextmanager
def evaluation(network: Network) -> Iterator[None]:
    """Put the layers into evaluation mode for a `with` block, then back as each was."""
    modes = [layer.training for layer in network]
    for layer in network:
        layer.eval()
    try:
        yield
    finally:
        for layer, mode in zip(network, modes, strict=True):
            layer.train(mode)


def predict(network: Network, X: Float[np.ndarray, "batch features"]) -> Int[np.ndarray, " batch"]:
    """Return the most probable class of every row of `X`, in evaluation mode."""
    with evaluation(network):
        classes: np.ndarray = forward(network, X).argmax(axis=1)
    return classes


def get_weights(network: Network) -> Float[np.ndarray, " weights"]:
    """Return a copy of the parameters of all layers, from first to last, in one flat array."""
    return np.concatenate([layer.get_params() for layer in network if layer.n_params])


def set_weights(network: Network, weights: Float[np.ndarray, " weights"]) -> None:
    """Copy a flat array, ordered as by `get_weights`, into the layers.

    Raises ShapeError if it holds too few or too many numbers.
    """
    parameters = [parameter for layer in network for parameter in layer.parameters()]
    n_weights = sum(parameter.size for parameter in parameters)
    if weights.shape != (n_weights,):
        raise ShapeError(
            f"the network has {n_weights} weights, but the flat array has the shape "
            f"{weights.shape}; pass an array of the shape ({n_weights},)"
        )
    start = 0
    for parameter in parameters:
        stop = start + parameter.size
        parameter[...] = weights[start:stop].reshape(parameter.shape)
        start = stop


def compute_loss_grad(
    weights: Float[np.ndarray, " weights"],
    args: tuple[Network, Float[np.ndarray, "batch features"], Int[np.ndarray, " batch"]],
) -> tuple[float, Float[np.ndarray, " weights"]]:
    """Return the NLL of the network with these weights and its gradient by them, flat.

    `args` is (network, X, y). Set the weights, go forward through the layers to the loss, then
    from `grad_NLL` backward through the layers, last to first: each gets the gradient by its
    output and returns the gradient by its input, which is the next one's, and the gradient by
    its parameters. The flat gradient joins the latter from the first layer to the last, the
    order of `get_weights`.
    """
    network, X, y = args
    set_weights(network, weights)
    log_probs = forward(network, X)
    loss = NLL(log_probs, y)

    grad = grad_NLL(log_probs, y)
    grads_of_params = []
    for layer in reversed(network):
        grad, grad_params = layer.backward(grad)
        grads_of_params.append(grad_params)
    return loss, np.concatenate(grads_of_params[::-1])
