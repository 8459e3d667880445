"""Checks of a Conformer along a stream.

The oracles: the whole sequence at once, in NumPy; lists of steps.
"""

from functools import partial

import numpy as np
import torch

from praktikum.audio.conformer_reach import Reach
from praktikum.checks import check, close, equal

from .drawn_weights import drawn, with_weights
from .reference_conformer import block, within


def pieces_of(array, sizes, axis):
    """Return consecutive parts of an array, as tensors."""
    return [
        torch.from_numpy(part.copy()) for part in np.split(array, np.cumsum(sizes)[:-1], axis=axis)
    ]


@check(part="bonus_streaming", points="0.15")
def steps_kept(sub, rng):
    """
    ru: Кэш свёртки хранит ровно столько последних шагов, сколько ей нужно; вначале это нули.
    en: The convolution's cache keeps just as many last steps as it needs; at first they are zeros.
    """
    stream = rng.normal(size=(2, 8, 3))
    cache = sub.StepCache(3)
    given = [cache.extend(piece) for piece in pieces_of(stream, (2, 1, 5), 1)]
    return {f"call {number}": each for number, each in enumerate(given)}


@steps_kept.expects
def _(rng):
    stream = np.concatenate([np.zeros((2, 3, 3)), rng.normal(size=(2, 8, 3))], axis=1)
    ends = [(0, 5), (2, 6), (3, 11)]
    return {f"call {number}": equal(stream[:, a:b]) for number, (a, b) in enumerate(ends)}


@check(part="bonus_streaming", points="0.2")
def keys_kept(sub, rng):
    """
    ru: Кэш внимания хранит последние window шагов и помнит, сколько их было всего.
    en: The cache of attention keeps the last `window` steps and knows how many there were in all.
    hint ru: Новые шаги видят всё, что хранилось до них. Что хранить, если window = 0? Если None?
    hint en: New steps see all that was kept before them. What is kept with window = 0? With None?
    """
    keys, values = rng.normal(size=(2, 1, 2, 9, 3))
    observed = {}
    for window in (4, 0, None):
        cache = sub.SlidingCache(window)
        for key, value in zip(
            pieces_of(keys, (3, 4, 2), 2), pieces_of(values, (3, 4, 2), 2), strict=True
        ):
            seen = cache.append(key.requires_grad_(), value)
        observed[f"keys, window={window}"] = seen[0].detach()
        observed[f"values, window={window}"] = seen[1].detach()
        observed[f"steps in all and kept, window={window}"] = [
            len(cache),
            *map(int, cache.kept[:1]),
        ]
    return observed


@keys_kept.expects
def _(rng):
    keys, values = rng.normal(size=(2, 1, 2, 9, 3))
    expected = {}
    for window, first, kept in ((4, 3, [5]), (0, 7, []), (None, 0, [0])):
        expected[f"keys, window={window}"] = equal(keys[:, :, first:])
        expected[f"values, window={window}"] = equal(values[:, :, first:])
        expected[f"steps in all and kept, window={window}"] = equal([9, *kept])
    return expected


D_MODEL, HEADS, HIDDEN, KERNEL, TIME = 8, 2, 10, 3, 11


def stream_case(rng):
    return int(rng.integers(2**31)), rng.normal(size=(2, TIME, D_MODEL))


@check(
    part="bonus_streaming",
    points="0.35",
    needs=["steps_kept", "keys_kept", "relative_memory", "conformer_padding"],
)
def stream_is_whole(sub, rng):
    """
    ru: Поток по частям даёт то же, что вся последовательность сразу.
    en: A stream in pieces gives what the whole sequence at once gives.
    hint ru: Какие шаги хранит кэш внимания перед шагом потока? Какие из них видны новым?
    hint en: Which steps does the attention's cache keep before a step? Which do the new ones see?
    """
    seed, x = stream_case(rng)
    observed = {}
    for name, reach in {"window": Reach(2, 0), "chunks": Reach(3, 0, chunk=2)}.items():
        settings = {"d_feedforward": HIDDEN, "kernel_size": KERNEL, "norm": "layer"}
        model = sub.Conformer(D_MODEL, HEADS, 2, **settings, reach=reach)
        stream = sub.ConformerStream(with_weights(model, seed).eval())
        given = [stream.step(piece) for piece in pieces_of(x, (2, 4, 4, 1), 1)]
        observed[name] = torch.cat(given, dim=1)
    return observed


@stream_is_whole.expects
def _(rng):
    seed, sequences = stream_case(rng)
    steps = np.arange(TIME)
    expected = {}
    for name, (before, chunk) in {"window": (2, 1), "chunks": (3, 2)}.items():
        first = (steps - steps % chunk)[:, None]
        seen = (steps >= first - before) & (steps < first + chunk)
        outputs = []
        for x in sequences:
            for number in range(2):
                weight = within(partial(drawn, seed), f"blocks.{number}")
                x = block(weight, x, HEADS, HIDDEN, KERNEL, seen, causal=True)
            outputs.append(x)
        expected[name] = close(np.array(outputs))
    return expected
