"""
ru: Веса получают градиент только одного шага: он присвоен, а не прибавлен.
en: The weights get the gradient of one step only: it is assigned, not added.
"""

import numpy as np

FAILS = ["rnn_backward"]


def rnn_backward(grad_hiddens, input, start, hiddens, weight_ih, weight_hh):
    old = np.concatenate((start[None], hiddens[:-1]))
    grad_input, from_later = np.empty_like(input), np.zeros_like(start)
    for t in reversed(range(len(input))):
        sums = (grad_hiddens[t] + from_later) * (1 - hiddens[t] ** 2)
        grad_input[t] = sums @ weight_ih
        from_later = sums @ weight_hh
        grad_ih, grad_hh, grad_bias = sums.T @ input[t], sums.T @ old[t], sums.sum(axis=0)
    return {
        "input": grad_input,
        "start": from_later,
        "weight_ih": grad_ih,
        "weight_hh": grad_hh,
        "bias": grad_bias,
    }
