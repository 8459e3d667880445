"""
ru: Ядро перевёрнуто: настоящая свёртка вместо корреляции.
en: The kernel is flipped: a true convolution instead of a correlation.
"""

import numpy as np


FAILS = ["conv2d_plain", "conv2d_geometry"]


def conv2d(images, weight, bias, stride=1, padding=0):
    frame = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(images, frame), weight.shape[2:], axis=(2, 3)
    )
    windows = windows[:, :, ::stride, ::stride]
    batch, _, height, width = windows.shape[:4]
    rows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(batch * height * width, -1)
    output = rows @ weight[:, :, ::-1, ::-1].reshape(len(weight), -1).T + bias
    return output.reshape(batch, height, width, -1).transpose(0, 3, 1, 2)
