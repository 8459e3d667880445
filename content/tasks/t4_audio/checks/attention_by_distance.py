"""Checks of attention with relative positions.

The oracle: one query, one key and one distance at a time, by loops in NumPy.
"""

from functools import partial

import numpy as np
import torch

from praktikum.checks import check, close

from .drawn_weights import drawn, with_weights
from .reference_conformer import relative_heads, sinusoid

D_MODEL, HEADS, D_HEAD = 12, 2, 6


@check(part="conformer", points="0.4")
def rows_skewed(sub, rng):
    """
    ru: Элемент (i, j) — тот, что посчитан для расстояния между запросом i и ключом j.
    en: Element (i, j) is the one computed for the distance between query i and key j.
    hint ru: Запросы — последние из ключей. На сколько сдвигается строка i? Сколько чисел от строки до строки?
    hint en: The queries are the last keys. How far does row i move? How many numbers lie between rows?
    """
    square = torch.from_numpy(rng.normal(size=(2, 3, 5, 9)))
    memory = torch.from_numpy(rng.normal(size=(2, 3, 4, 10)))
    other_layout = torch.from_numpy(rng.normal(size=(3, 2, 5, 9))).transpose(0, 1)
    return {
        "as many keys": sub.skew(square, 5),
        "more keys": sub.skew(memory, 7),
        "another layout in memory": sub.skew(other_layout, 5),
    }


def skewed_by_loops(by_distance, k_len):
    q_len = by_distance.shape[2]
    result = np.zeros((*by_distance.shape[:3], k_len))
    for i, j in np.ndindex(q_len, k_len):
        distance = i + k_len - q_len - j
        result[..., i, j] = by_distance[..., i, k_len - 1 - distance]
    return result


@rows_skewed.expects
def _(rng):
    square, memory = rng.normal(size=(2, 3, 5, 9)), rng.normal(size=(2, 3, 4, 10))
    other_layout = rng.normal(size=(3, 2, 5, 9)).swapaxes(0, 1)
    return {
        "as many keys": close(skewed_by_loops(square, 5)),
        "more keys": close(skewed_by_loops(memory, 7)),
        "another layout in memory": close(skewed_by_loops(other_layout, 5)),
    }


def attention(sub, seed):
    """Return an attention with drawn weights."""
    return with_weights(sub.RelativeMultiHeadAttention(D_MODEL, HEADS), seed).eval()


@check(part="conformer", points="0.3")
def distances_projected(sub, rng):
    """
    ru: Векторы расстояний — спроецированные синусоиды, от самого большого расстояния к меньшим.
    en: Vectors of distances are projected sinusoids, from the largest distance down.
    hint ru: Расстояния k_len − 1, …, 1 − q_len; у каждой головы своя часть проекции.
    hint en: Distances k_len − 1, …, 1 − q_len; each head has its own part of the projection.
    """
    layer = attention(sub, int(rng.integers(2**31)))
    return {
        "as many keys": layer.project_distances(4, 4).detach(),
        "more keys": layer.project_distances(2, 5).detach(),
    }


@distances_projected.expects
def _(rng):
    weight = drawn(int(rng.integers(2**31)), "position_proj.weight", (D_MODEL, D_MODEL))

    def projected(q_len, k_len):
        vectors = [weight @ sinusoid(each, D_MODEL) for each in range(k_len - 1, -q_len, -1)]
        return close(np.array(vectors).T.reshape(HEADS, D_HEAD, -1))

    return {"as many keys": projected(4, 4), "more keys": projected(2, 5)}


def heads_case(rng, q_len=5, k_len=5):
    """Return a seed, and heads of queries, keys and values of two sequences."""
    seed = int(rng.integers(2**31))
    lengths = (q_len, k_len, k_len)
    return seed, [rng.normal(size=(2, HEADS, length, D_HEAD)) for length in lengths]


def attended(sub, case, mask=None, *, causal=False):
    """Return what heads take and their maps."""
    seed, heads = case
    with torch.no_grad():
        output, weights = attention(sub, seed).attend(
            *map(torch.from_numpy, heads), mask, causal, need_weights=True
        )
    return {"output": output, "map": weights}


def attended_by_loops(case, seen):
    """Return the same; seen: [batch, q_len, k_len] of booleans."""
    seed, heads = case
    weights = partial(drawn, seed)
    positions = weights("position_proj.weight", (D_MODEL, D_MODEL))
    biases = [weights(f"{name}_bias", (HEADS, D_HEAD)) for name in ("content", "position")]
    rows = [
        relative_heads(*each, positions, *biases, visible)
        for *each, visible in zip(*heads, seen, strict=True)
    ]
    outputs, maps = map(np.array, zip(*rows, strict=True))
    return {"output": close(outputs), "map": close(maps)}


@check(part="conformer", points="0.6", needs=["rows_skewed", "distances_projected"])
def relative_scores(sub, rng):
    """
    ru: Оценка складывается из содержания и расстояния, со своим смещением у каждого слагаемого.
    en: A score is that of content and that of distance, each with a bias of its own.
    hint ru: u входит в слагаемое с ключами, v — в слагаемое с расстояниями; делятся оба.
    hint en: u goes into the term with keys, v into that with distances; both are divided.
    """
    return attended(sub, heads_case(rng))


@relative_scores.expects
def _(rng):
    return attended_by_loops(heads_case(rng), np.ones((2, 5, 5), dtype=bool))


def masks_case(rng):
    """Return which keys are seen: some, and none from one of the queries."""
    seen = rng.random((2, 5, 5)) < 0.6
    seen[0, 3] = False
    return seen


@check(part="conformer", points="0.2", needs=["relative_scores"])
def relative_masks(sub, rng):
    """
    ru: Закрытые ключи не видны; запрос, которому не видно ничего, получает нули.
    en: Hidden keys aren't seen; a query that sees nothing gets zeros.
    hint ru: causal закрывает поздние ключи в дополнение к маске.
    hint en: causal hides later keys in addition to the mask.
    """
    case, seen = heads_case(rng), torch.from_numpy(masks_case(rng))[:, None]
    masked = attended(sub, case, seen)
    causal = attended(sub, case, seen, causal=True)
    return masked | {f"causal, {name}": value for name, value in causal.items()}


@relative_masks.expects
def _(rng):
    case, seen = heads_case(rng), masks_case(rng)
    causal = attended_by_loops(case, seen & np.tri(5, dtype=bool))
    named = {f"causal, {name}": value for name, value in causal.items()}
    return attended_by_loops(case, seen) | named


@check(part="conformer", points="0.15", needs=["relative_scores"])
def relative_memory(sub, rng):
    """
    ru: Если ключей больше, чем запросов, запросы — последние шаги.
    en: Where there are more keys than queries, the queries are the last steps.
    """
    return attended(sub, heads_case(rng, q_len=3, k_len=8))


@relative_memory.expects
def _(rng):
    return attended_by_loops(heads_case(rng, q_len=3, k_len=8), np.ones((2, 3, 8), dtype=bool))
