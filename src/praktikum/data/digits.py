"""The handwritten digits that scikit-learn carries, as pictures. Nothing is downloaded.

1,797 grey pictures of 8 by 8 pixels, ten classes (Alpaydin, Kaynak, 1998, "Optical recognition of
handwritten digits", the test part).
"""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from .labelled_images import ImageSplits, LabelledImages

__all__ = ["digits"]

BRIGHTEST = 16  # a pixel counts the dark ones of 4 by 4 in the scan


def digits() -> ImageSplits:
    """Return 1,347 pictures to train on and 450 to test on, (1, 8, 8), brightness 0 to 255.

    The parts are those of scikit-learn's `train_test_split` with a quarter and `random_state` 0.
    """
    pictures = load_digits()
    images = np.rint(pictures.images[:, None] * (255 / BRIGHTEST)).astype(np.uint8)
    labels = pictures.target.astype(np.int64)
    names = tuple(str(name) for name in pictures.target_names)
    train, test = train_test_split(np.arange(len(labels)), test_size=0.25, random_state=0)
    whole = LabelledImages(images, labels, names)
    return ImageSplits(whole.take(train), whole.take(test))
