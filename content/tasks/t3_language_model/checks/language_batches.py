"""Checks of batches for a language model.

The oracle: texts whose tokens are numbered through.
"""

from itertools import pairwise

import numpy as np

from praktikum.checks import check, equal

SOS, EOS, PAD = 901, 902, 900


def texts_case(rng):
    """Return texts from <sos> to <eos>, of different lengths."""
    lengths = rng.permutation([1, 4, 9, 6])
    return [[SOS, *range(100 * k, 100 * k + n), EOS] for k, n in enumerate(lengths, start=1)]


@check(part="language_model", points="0.2", needs=["truncation", "padding"])
def language_batches(sub, rng):
    """
    ru: На каждом шаге цель — следующий токен; длинный текст обрезан, но кончается <eos>.
    en: At each step the target is the next token; a long text is cut, but ends with <eos>.
    hint ru: Вход — всё, кроме последнего токена, цель — всё, кроме первого. Вход дополнять чем?
    hint en: The input is all but the last token, the target all but the first. Padded with what?
    """
    batch = sub.CollateLanguage(PAD, max_length=8, eos=EOS)(texts_case(rng))
    return {"inputs": batch.inputs, "targets": batch.targets, "lengths": batch.lengths}


@language_batches.expects
def _(rng):
    texts = [text if len(text) <= 8 else [*text[:7], EOS] for text in texts_case(rng)]
    inputs, targets = np.full((2, 7, len(texts)), PAD)
    for column, text in enumerate(texts):
        for time, pair in enumerate(pairwise(text)):
            inputs[time, column], targets[time, column] = pair
    return {
        "inputs": equal(inputs),
        "targets": equal(targets),
        "lengths": equal([len(text) - 1 for text in texts]),
    }
