"""
ru: Градиент, пришедший от следующего шага, не передан дальше.
en: The gradient that comes from the next step is not handed on.
"""

import numpy as np

FAILS = ["rnn_backward"]


def rnn_backward(grad_hiddens, input, start, hiddens, weight_ih, weight_hh):
    old = np.concatenate((start[None], hiddens[:-1]))
    grad_sums = grad_hiddens * (1 - hiddens**2)
    return {
        "input": grad_sums @ weight_ih,
        "start": grad_sums[0] @ weight_hh,
        "weight_ih": np.einsum("tbh,tbf->hf", grad_sums, input),
        "weight_hh": np.einsum("tbh,tbk->hk", grad_sums, old),
        "bias": grad_sums.sum(axis=(0, 1)),
    }
