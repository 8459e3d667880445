"""The exercises of the toy seminar."""

import numpy as np


def mean(values: np.ndarray) -> float:
    """Return the mean of ``values``."""
    return values.sum() / values.size


def centred(values: np.ndarray) -> np.ndarray:
    """Return ``values`` less their mean."""
    return values - mean(values)
