"""Neural networks from scratch, in NumPy alone: layers, loss, network, a gradient check.

What needs SciPy or scikit-learn is imported by its module: `training`, `experiments`, `digits`.
"""

from .activations import ELU, LeakyReLU, LogSoftmax, ReLU, Sigmoid, Tanh
from .batch_norm import BatchNorm
from .dropout import Dropout
from .errors import ScratchError, SettingError, ShapeError
from .gradient_check import check_layer, compare_gradients, numerical_gradient
from .layers import Dense, Identity, Layer
from .losses import NLL, grad_NLL
from .network import (
    Network,
    compute_loss_grad,
    forward,
    get_weights,
    make_network,
    predict,
    set_weights,
)
from .optimisers import SGD, AdaGrad, Adam, Nesterov, RMSProp

__all__ = [
    "ELU",
    "NLL",
    "SGD",
    "AdaGrad",
    "Adam",
    "BatchNorm",
    "Dense",
    "Dropout",
    "Identity",
    "Layer",
    "LeakyReLU",
    "LogSoftmax",
    "Nesterov",
    "Network",
    "RMSProp",
    "ReLU",
    "ScratchError",
    "SettingError",
    "ShapeError",
    "Sigmoid",
    "Tanh",
    "check_layer",
    "compare_gradients",
    "compute_loss_grad",
    "forward",
    "get_weights",
    "grad_NLL",
    "make_network",
    "numerical_gradient",
    "predict",
    "set_weights",
]
