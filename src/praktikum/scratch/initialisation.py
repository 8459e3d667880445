"""Initial weights of a dense layer: normal, Xavier (Glorot), Kaiming (He).

Every function has the signature of `Initialiser`: it takes `fan_in` (inputs of the layer),
`fan_out` (its outputs) and a random generator, and returns a weight of shape
`(fan_out, fan_in)`, the layout of `torch.nn.Linear`. Biases start at zero.

Both derivations follow one idea. In a layer `z_j = sum_i W_ji x_i` with independent weights of
mean 0 that do not depend on the inputs,

    Var[z] = fan_in · Var[W] · E[x²].

A signal that passes through n layers is multiplied by such a factor n times, so it vanishes
or explodes unless the factor is 1; the gradient meets the same sum with `fan_out` for `fan_in`.

Sources: Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural
networks" (AISTATS 2010), eq. 10-16; He et al., "Delving Deep into Rectifiers" (ICCV 2015),
section 2.2, eq. 6-14. Left out: orthogonal and data-dependent initialisation.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

__all__ = [
    "Initialiser",
    "kaiming_normal",
    "kaiming_uniform",
    "normal",
    "xavier_normal",
    "xavier_uniform",
]

Initialiser = Callable[[int, int, np.random.Generator], np.ndarray]


def normal(
    fan_in: int, fan_out: int, rng: np.random.Generator, *, std: float = 0.01
) -> Float[np.ndarray, "fan_out fan_in"]:
    """Return weights drawn from N(0, std²), whatever the size of the layer.

    Fix the deviation with `functools.partial(normal, std=1e-3)` to get an `Initialiser`.
    """
    return rng.normal(0.0, std, size=(fan_out, fan_in))


def xavier_normal(
    fan_in: int, fan_out: int, rng: np.random.Generator
) -> Float[np.ndarray, "fan_out fan_in"]:
    """Return weights drawn from N(0, 2 / (fan_in + fan_out)).

    For an activation that is the identity near zero (tanh), E[x²] = Var[x]. The forward signal
    keeps its variance if `fan_in · Var[W] = 1`, the gradient if `fan_out · Var[W] = 1`. Both
    hold only in a square layer; the compromise is the mean of the two conditions,
    `Var[W] = 2 / (fan_in + fan_out)` (Glorot and Bengio, eq. 12).
    """
    return rng.normal(0.0, np.sqrt(2.0 / (fan_in + fan_out)), size=(fan_out, fan_in))


def xavier_uniform(
    fan_in: int, fan_out: int, rng: np.random.Generator
) -> Float[np.ndarray, "fan_out fan_in"]:
    """Return weights drawn from U(-a, a), a = √(6 / (fan_in + fan_out)).

    U(-a, a) has variance a²/3; equate it to the 2 / (fan_in + fan_out) of `xavier_normal`
    (Glorot and Bengio, eq. 16).
    """
    bound = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, size=(fan_out, fan_in))


def kaiming_normal(
    fan_in: int, fan_out: int, rng: np.random.Generator
) -> Float[np.ndarray, "fan_out fan_in"]:
    """Return weights drawn from N(0, 2 / fan_in).

    ReLU passes half of a symmetric signal: for x = max(0, z), E[x²] = Var[z] / 2. Then
    `Var[z_next] = fan_in · Var[W] · Var[z] / 2`, which keeps the variance if
    `Var[W] = 2 / fan_in` (He et al., eq. 10).
    """
    return rng.normal(0.0, np.sqrt(2.0 / fan_in), size=(fan_out, fan_in))


def kaiming_uniform(
    fan_in: int, fan_out: int, rng: np.random.Generator
) -> Float[np.ndarray, "fan_out fan_in"]:
    """Return weights drawn from U(-a, a), a = √(6 / fan_in).

    U(-a, a) has variance a²/3; equate it to the 2 / fan_in of `kaiming_normal`.
    """
    bound = np.sqrt(6.0 / fan_in)
    return rng.uniform(-bound, bound, size=(fan_out, fan_in))
