"""
ru: Назад градиент идёт через W, а не через её транспонированную.
en: Going back, the gradient passes through W instead of its transpose.
"""

import numpy as np

FAILS = ["rnn_backward"]


def rnn_backward(grad_hiddens, input, start, hiddens, weight_ih, weight_hh):
    old = np.concatenate((start[None], hiddens[:-1]))
    grad_sums = np.empty_like(hiddens)
    from_later = np.zeros_like(start)
    for t in reversed(range(len(input))):
        grad_sums[t] = (grad_hiddens[t] + from_later) * (1 - hiddens[t] ** 2)
        from_later = grad_sums[t] @ weight_hh.T
    return {
        "input": grad_sums @ weight_ih,
        "start": from_later,
        "weight_ih": np.einsum("tbh,tbf->hf", grad_sums, input),
        "weight_hh": np.einsum("tbh,tbk->hk", grad_sums, old),
        "bias": grad_sums.sum(axis=(0, 1)),
    }
