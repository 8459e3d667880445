"""Checks of rotary positions and of an attention with them.

The oracles: complex numbers one by one; turned vectors in dot products by loops, in NumPy.
"""

import cmath

import numpy as np
import torch
from scipy.special import softmax

from praktikum.checks import check, close, equal

HEADS, D_HEAD = 2, 6


def turned_alone(vector, step, base=10_000.0):
    """Return one vector, turned pair by pair."""
    result = np.zeros(len(vector))
    for pair in range(len(vector) // 2):
        number = complex(*vector[2 * pair : 2 * pair + 2])
        number *= cmath.exp(1j * step * base ** (-2 * pair / len(vector)))
        result[2 * pair : 2 * pair + 2] = number.real, number.imag
    return result


def vectors_case(rng):
    """Return vectors [batch, heads, time, d_head] and the steps of each."""
    return rng.normal(size=(2, 3, 5, 8)), rng.choice(5000, size=5, replace=False)


@check(part="rope", points="0.3")
def pairs_turned(sub, rng):
    """
    ru: Каждая пара соседних чисел повёрнута на угол своего шага и своей частоты.
    en: Each pair of neighbouring numbers is turned by the angle of its step and its frequency.
    hint ru: Показатель −2i/d, i — номер пары. Порядок чисел остаётся прежним.
    hint en: The exponent is −2i/d, i the number of the pair. The order of the numbers stays.
    """
    vectors, steps = map(torch.from_numpy, vectors_case(rng))
    single = sub.turned(vectors.float(), steps)
    return {
        "turned": sub.turned(vectors, steps),
        "another base": sub.turned(vectors, steps, 100.0),
        "precision stays": str(single.dtype),
        "far from the beginning": single,
    }


@pairs_turned.expects
def _(rng):
    vectors, steps = vectors_case(rng)

    def turned(base):
        return np.array(
            [
                [
                    [turned_alone(*each, base) for each in zip(row, steps, strict=True)]
                    for row in rows
                ]
                for rows in vectors
            ]
        )

    return {
        "turned": close(turned(10_000.0)),
        "another base": close(turned(100.0)),
        "precision stays": equal("torch.float32"),
        "far from the beginning": close(turned(10_000.0), rtol=1e-4, atol=1e-5),
    }


def heads_case(rng, q_len, k_len):
    return [rng.normal(size=(2, HEADS, length, D_HEAD)) for length in (q_len, k_len, k_len)]


def attended(sub, heads):
    layer = sub.RotaryAttention(HEADS * D_HEAD, HEADS).double()
    output, weights = layer.attend(
        *map(torch.from_numpy, heads), None, causal=True, need_weights=True
    )
    return {"output": output.detach(), "map": weights.detach()}


def attended_by_loops(heads):
    query, key, value = heads
    q_len, k_len = query.shape[2], key.shape[2]
    maps = np.zeros((2, HEADS, q_len, k_len))
    for row, head, i in np.ndindex(2, HEADS, q_len):
        step = i + k_len - q_len
        mine = turned_alone(query[row, head, i], step)
        theirs = [turned_alone(key[row, head, j], j) for j in range(step + 1)]
        maps[row, head, i, : step + 1] = softmax(np.array(theirs) @ mine / np.sqrt(D_HEAD))
    return {"output": close(maps @ value), "map": close(maps)}


@check(part="rope", points="0.3", needs=["pairs_turned"])
def rotary_attention(sub, rng):
    """
    ru: Запросы и ключи повёрнуты, значения — нет; остальное как в обычном внимании.
    en: Queries and keys are turned, values aren't; all else is as in plain attention.
    """
    return attended(sub, heads_case(rng, 5, 5))


@rotary_attention.expects
def _(rng):
    return attended_by_loops(heads_case(rng, 5, 5))


@check(part="rope", points="0.1", needs=["rotary_attention"])
def rotary_memory(sub, rng):
    """
    ru: Если ключей больше, чем запросов, запросы — последние шаги.
    en: Where there are more keys than queries, the queries are the last steps.
    """
    return attended(sub, heads_case(rng, 3, 7))


@rotary_memory.expects
def _(rng):
    return attended_by_loops(heads_case(rng, 3, 7))
