"""Checks of truncation and padding.

The oracle: texts whose tokens are numbered through, so that each place says what belongs there.
"""

import numpy as np

from praktikum.checks import check, equal

EOS, PAD = 3, 77


def texts_of(rng, n_texts=6):
    """Return texts of different lengths as lists of numbers from 100 on."""
    lengths = rng.permutation(np.arange(1, 2 * n_texts, 2))
    return [[100 * (1 + k) + i for i in range(length)] for k, length in enumerate(lengths)]


@check(part="data", points="0.1")
def truncation(sub, rng):
    """
    ru: От текста осталось не больше max_length токенов, и конец текста всё ещё конец.
    en: At most max_length tokens of a text are left, and an end of text is still an end.
    hint ru: Без <eos> модель не узнает, что текст кончился. А если его и не было?
    hint en: Without <eos> a model never learns that a text ends. And if there was none?
    """
    text = [int(token) for token in rng.integers(10, 90, size=9)]
    ended, kept = [*text, EOS], list(text)
    return {
        "with eos, too long": sub.truncate(ended, 6, EOS),
        "with eos, just right": sub.truncate(ended, 10, EOS),
        "with eos, short": sub.truncate(ended, 50, EOS),
        "without eos at the end": sub.truncate(text, 6, EOS),
        "no eos at all": sub.truncate(text, 6),
        "one token": sub.truncate(ended, 1, EOS),
        "the text itself is as it was": ended[:9] == kept and len(ended) == 10,
    }


@truncation.expects
def _(rng):
    text = rng.integers(10, 90, size=9)
    return {
        "with eos, too long": equal([*text[:5], EOS]),
        "with eos, just right": equal([*text, EOS]),
        "with eos, short": equal([*text, EOS]),
        "without eos at the end": equal(text[:6]),
        "no eos at all": equal(text[:6]),
        "one token": equal([EOS]),
        "the text itself is as it was": equal(True),
    }


@check(part="data", points="0.15")
def padding(sub, rng):
    """
    ru: Каждый текст — столбец, после его конца стоит pad; длины верны, тип целый.
    en: Each text is a column with pad after its end; lengths are right, the type is whole.
    hint ru: Время — первая ось. Тексты остаются в том порядке, в каком пришли.
    hint en: Time is the first axis. Texts stay in the order in which they came.
    """
    tokens, lengths = sub.pad_sequences(texts_of(rng), PAD)
    return {"tokens": tokens, "lengths": lengths, "dtype": str(tokens.dtype)}


def padded(texts):
    columns = np.full((max(map(len, texts)), len(texts)), PAD)
    for number, text in enumerate(texts):
        columns[: len(text), number] = text
    return columns


@padding.expects
def _(rng):
    texts = texts_of(rng)
    return {
        "tokens": equal(padded(texts)),
        "lengths": equal([len(text) for text in texts]),
        "dtype": equal("torch.int64"),
    }


@check(part="data", points="0.05", needs=["padding"])
def padding_batch_first(sub, rng):
    """
    ru: С batch_first каждый текст — строка.
    en: With batch_first each text is a row.
    """
    tokens, lengths = sub.pad_sequences(texts_of(rng), PAD, batch_first=True)
    return {"tokens": tokens, "lengths": lengths}


@padding_batch_first.expects
def _(rng):
    texts = texts_of(rng)
    return {"tokens": equal(padded(texts).T), "lengths": equal([len(text) for text in texts])}
