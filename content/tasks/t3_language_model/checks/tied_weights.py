"""Checks of tied weights.

The oracle: the number of parameters by arithmetic, and the two gradients of the matrix added up.
"""

import numpy as np
import torch
from scipy.special import softmax

from praktikum.checks import check, close, equal

from .recurrent_weights import drawn, with_weights

N_TOKENS, SIZE = 7, 3


def tied_model(sub):
    return sub.LSTMLanguageModel(N_TOKENS, SIZE, SIZE, 1, tied=True)


@check(part="bonus_tied", points="0.3")
def one_matrix(sub, rng):
    """
    ru: Матрица слов и матрица предсказания — один параметр, а не две равные копии.
    en: The matrix of words and that of prediction are one parameter, not two equal copies.
    hint ru: Копия совпадает только до первого шага оптимизатора.
    hint en: A copy is the same only until the optimiser's first step.
    """
    del rng
    model = tied_model(sub)
    count = sum(parameter.numel() for parameter in model.parameters())
    with torch.no_grad():
        model.embed.embedding.weight[2] = 5.0
    return {"parameters": count, "a row of the prediction": model.predict.weight[2].detach()}


@one_matrix.expects
def _(rng):
    del rng
    n_lstm = 4 * SIZE * (SIZE + SIZE) + 8 * SIZE
    return {
        "parameters": equal(N_TOKENS * SIZE + N_TOKENS + n_lstm),
        "a row of the prediction": equal([5.0] * SIZE),
    }


def one_step_case(rng):
    """Return tokens of texts of two tokens, the first of which the model reads, and a seed."""
    return rng.integers(N_TOKENS, size=(2, 6)), int(rng.integers(2**31))


@check(part="bonus_tied", points="0.3", needs=["one_matrix", "model_logits"])
def matrix_learns_twice(sub, rng):
    """
    ru: Градиент общей матрицы складывается из обоих мест, где она стоит.
    en: The gradient of the shared matrix is the sum over both places where it stands.
    hint ru: detach и .data оставляют только одно из двух слагаемых.
    hint en: detach and .data leave but one of the two terms.
    """
    (read, said), seed = one_step_case(rng)
    model = with_weights(tied_model(sub), seed)
    logits = model(torch.from_numpy(read[None])).logits[0]
    torch.nn.functional.cross_entropy(logits, torch.from_numpy(said)).backward()
    return {"gradient": model.embed.embedding.weight.grad}


@matrix_learns_twice.expects
def _(rng):
    (read, said), seed = one_step_case(rng)
    matrix, bias = drawn(seed, "weight", (N_TOKENS, SIZE)), drawn(seed, "bias", (N_TOKENS,))
    layer = with_weights(torch.nn.LSTM(SIZE, SIZE), seed)
    vectors = torch.from_numpy(matrix[read]).requires_grad_()
    hidden = layer(vectors[None])[0][0]
    h = hidden.detach().numpy()
    error = (softmax(h @ matrix.T + bias, axis=1) - np.eye(N_TOKENS)[said]) / len(said)
    gradient = error.T @ h
    (by_vectors,) = torch.autograd.grad(hidden, vectors, torch.from_numpy(error @ matrix))
    np.add.at(gradient, read, by_vectors.numpy())
    return {"gradient": close(gradient)}
