"""
ru: Решение XOR перенесено на n битов без новых изломов: после двух единиц выход идёт вниз.
en: The answer to XOR carried over to n bits without new turns: past two ones the output goes down.
"""

import numpy as np

FAILS = ["parity_network"]


def parity_network(n_bits):
    turns = np.zeros(n_bits)
    turns[:2] = [1.0, -2.0]
    return np.ones((n_bits, n_bits)), -np.arange(n_bits, dtype=float), turns, 0.0
