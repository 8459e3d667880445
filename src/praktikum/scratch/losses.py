"""The negative log-likelihood of the right classes, and its gradient.

With LogSoftmax as the network's last layer this is the cross-entropy, `F.cross_entropy` of
torch with `reduction="mean"`. Left out: class weights and label smoothing.
"""

import numpy as np
from jaxtyping import Float, Int

__all__ = ["NLL", "grad_NLL"]


def NLL(log_probs: Float[np.ndarray, "batch classes"], y: Int[np.ndarray, " batch"]) -> float:  # noqa: N802 - the field's name
    """Return minus the mean over the batch of the log-probability of the right class.

    log_probs: logarithms of probabilities, a row per example
    y:         the number of the right class of each example, 0 <= y < classes
    """
    return -float(log_probs[np.arange(len(y)), y].mean())


def grad_NLL(  # noqa: N802 - the field's name
    log_probs: Float[np.ndarray, "batch classes"], y: Int[np.ndarray, " batch"]
) -> Float[np.ndarray, "batch classes"]:
    """Return the gradient of `NLL` by `log_probs`, of its shape and dtype.

    It is -1/batch at the right class of each example and 0 elsewhere.
    """
    grad = np.zeros_like(log_probs)
    grad[np.arange(len(y)), y] = -1 / len(y)
    return grad
