"""Checks of the Conformer's block and of a stack of blocks.

The oracle: a Conformer in NumPy, one sequence without padding at a time.
"""

from functools import partial

import numpy as np
import torch

from praktikum.audio.conformer_reach import EVERYWHERE, Reach
from praktikum.checks import check, close

from .drawn_weights import drawn, with_weights
from .reference_conformer import block, within

D_MODEL, HEADS, HIDDEN, KERNEL = 8, 2, 10, 3


def sequences(rng):
    """Return a seed, sequences [batch, time, features] with rubbish as padding, and lengths."""
    seed = int(rng.integers(2**31))
    lengths = rng.permutation([6, 3, 5])
    steps = rng.normal(size=(3, 6, D_MODEL))
    steps[np.arange(6) >= lengths[:, None]] = 9
    return seed, steps, lengths


@check(
    part="conformer",
    points="0.35",
    needs=["relative_scores", "relative_masks", "convolution_module"],
)
def block_output(sub, rng):
    """
    ru: Половина полносвязного модуля, внимание, свёртка, вторая половина, нормализация — с обходами.
    en: Half a feed-forward, attention, convolution, the other half, a normalisation, with residuals.
    hint ru: Каждый модуль прибавляется к тому, что уже есть. Что входит в него самого?
    hint en: Each module is added to what there is. What goes into the module itself?
    """
    seed, steps, _ = sequences(rng)
    layer = sub.ConformerBlock(D_MODEL, HEADS, HIDDEN, KERNEL, norm="layer")
    layer = with_weights(layer, seed).eval()
    seen = torch.from_numpy(np.tri(6, 6, 1, dtype=bool))
    x = torch.from_numpy(steps)
    return {"output": layer(x).detach(), "with a mask": layer(x, seen).detach()}


@block_output.expects
def _(rng):
    seed, steps, _ = sequences(rng)
    weight = partial(drawn, seed)

    def outputs(seen):
        return close(np.array([block(weight, x, HEADS, HIDDEN, KERNEL, seen) for x in steps]))

    return {
        "output": outputs(np.ones((6, 6), dtype=bool)),
        "with a mask": outputs(np.tri(6, 6, 1, dtype=bool)),
    }


@check(part="conformer", points="0.25", needs=["convolution_module", "block_output"])
def conformer_padding(sub, rng):
    """
    ru: Последовательность не зависит от соседей по батчу и дополнения; на дополнении — нули.
    en: A sequence doesn't depend on its neighbours in the batch or on padding, which comes out zero.
    hint ru: Кому нужно знать, где дополнение: вниманию, свёртке или обоим? Что ещё ограничивает reach?
    hint en: Who must know where padding is: attention, convolution or both? And what does reach limit?
    """
    seed, steps, lengths = sequences(rng)
    observed = {}
    for name, reach in {"everywhere": EVERYWHERE, "near": Reach(before=1, after=2)}.items():
        settings = {"d_feedforward": HIDDEN, "kernel_size": KERNEL, "norm": "layer"}
        model = sub.Conformer(D_MODEL, HEADS, 2, **settings, reach=reach)
        model = with_weights(model, seed).eval()
        with torch.no_grad():
            observed[name] = model(torch.from_numpy(steps), torch.from_numpy(lengths))
            observed[f"{name}, unpadded"] = model(torch.from_numpy(steps[:, :3]))
    return observed


def conformer_alone(seed, x, before, after):
    """Return what a stack of two blocks makes of one sequence."""
    steps = np.arange(len(x))
    gap = steps - steps[:, None]
    seen = (gap >= -before) & (gap <= after)
    for number in range(2):
        weight = within(partial(drawn, seed), f"blocks.{number}")
        x = block(weight, x, HEADS, HIDDEN, KERNEL, seen)
    return x


@conformer_padding.expects
def _(rng):
    seed, steps, lengths = sequences(rng)
    expected = {}
    for name, sides in {"everywhere": (99, 99), "near": (1, 2)}.items():
        padded = np.zeros_like(steps)
        for row, x, length in zip(padded, steps, lengths, strict=True):
            row[:length] = conformer_alone(seed, x[:length], *sides)
        expected[name] = close(padded)
        alone = [conformer_alone(seed, x[:3], *sides) for x in steps]
        expected[f"{name}, unpadded"] = close(np.array(alone))
    return expected
