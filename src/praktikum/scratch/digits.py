"""The handwritten digits that scikit-learn carries, split for training and test.

1,797 pictures of 8 by 8 pixels, ten classes (Alpaydin, Kaynak, 1998, "Optical recognition of
handwritten digits", the test part). Nothing is downloaded.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import DTypeLike
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

__all__ = ["Split", "digits_split"]


class Split(NamedTuple):
    """Examples to train on and to test on, in the order that training functions take them.

    X_train, X_test: (examples, features)
    y_train, y_test: (examples,), the number of the class of each, from 0
    """

    X_train: Float[np.ndarray, "train features"]
    y_train: Int[np.ndarray, " train"]
    X_test: Float[np.ndarray, "test features"]
    y_test: Int[np.ndarray, " test"]

    @property
    def n_features(self) -> int:
        """The number of features of an example."""
        return int(self.X_train.shape[1])

    @property
    def n_classes(self) -> int:
        """One more than the largest class."""
        return int(max(self.y_train.max(), self.y_test.max())) + 1


def digits_split(random_state: int = 0, dtype: DTypeLike = np.float64) -> Split:
    """Return the digits with pixels in [0, 1]: 1,347 to train on, 450 (a quarter) to test on.

    The split is scikit-learn's `train_test_split` with this `random_state`.
    """
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(
        (X / 16).astype(dtype), y, test_size=0.25, random_state=random_state
    )
    return Split(X_train, y_train, X_test, y_test)
