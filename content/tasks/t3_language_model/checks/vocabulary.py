"""Checks of the vocabulary.

The oracle: NumPy's counts, sorted by two keys.
"""

import numpy as np

from praktikum.checks import check, equal
from praktikum.text.errors import UnknownToken


def texts_case(rng):
    """Return texts of 30 different words, frequent and rare; some words are as frequent as others."""
    words = np.array([f"{chr(97 + int(k))}{k}" for k in rng.permutation(26)] + ["zz", "é", "<eos>"])
    weights = rng.permutation(1 / np.arange(1, 1 + len(words)) ** 1.5)
    drawn = rng.choice(words, size=300, p=weights / weights.sum())
    return [[str(word) for word in text] for text in np.split(drawn, 20)] + [["<eos>", "<pad>"]]


def ordered(texts, min_freq=1):
    """Return the words by falling frequency, and by the alphabet among equals."""
    words, counts = np.unique([word for text in texts for word in text], return_counts=True)
    plain = ~np.isin(words, ["<pad>", "<unk>", "<sos>", "<eos>"]) & (counts >= min_freq)
    words, counts = words[plain], counts[plain]
    return [str(word) for word in words[np.lexsort((words, -counts))]]


SPECIALS = ["<pad>", "<unk>", "<sos>", "<eos>"]


@check(part="data", points="0.15")
def vocabulary_order(sub, rng):
    """
    ru: Сначала служебные токены, потом слова по убыванию частоты, равные — по алфавиту.
    en: First the special tokens, then words by falling frequency, equals by the alphabet.
    hint ru: Служебный токен в тексте не появляется в словаре второй раз.
    hint en: A special token within a text doesn't get into the vocabulary twice.
    """
    vocabulary = sub.Vocabulary.build(iter(texts_case(rng)))
    return {"tokens": " ".join(vocabulary.tokens), "length": len(vocabulary)}


@vocabulary_order.expects
def _(rng):
    words = ordered(texts_case(rng))
    return {"tokens": equal(" ".join(SPECIALS + words)), "length": equal(4 + len(words))}


@check(part="data", points="0.1", needs=["vocabulary_order"])
def vocabulary_limits(sub, rng):
    """
    ru: Слова, которые реже min_freq, отброшены; всего токенов, со служебными, не больше max_size.
    en: Words rarer than min_freq are left out; there are at most max_size tokens, special ones too.
    hint ru: Слово, которое встретилось ровно min_freq раз, остаётся.
    hint en: A word that occurs exactly min_freq times stays.
    """
    texts = texts_case(rng)
    build = sub.Vocabulary.build
    return {
        "min_freq=1": " ".join(build(texts, min_freq=1).tokens),
        "min_freq=3": " ".join(build(texts, min_freq=3).tokens),
        "max_size=11": " ".join(build(texts, max_size=11).tokens),
        "max_size=900": " ".join(build(texts, max_size=900).tokens),
        "both": " ".join(build(texts, min_freq=8, max_size=20).tokens),
        "two specials": " ".join(build(texts, specials=["<unk>", "<eos>"], max_size=5).tokens),
    }


@vocabulary_limits.expects
def _(rng):
    texts = texts_case(rng)
    words = ordered(texts)
    pads = [word for word in words if word != "<pad>"]
    pads = sorted([*pads, "<pad>"], key=lambda word: (-sum(t.count(word) for t in texts), word))
    return {
        "min_freq=1": equal(" ".join(SPECIALS + words)),
        "min_freq=3": equal(" ".join(SPECIALS + ordered(texts, 3))),
        "max_size=11": equal(" ".join(SPECIALS + words[:7])),
        "max_size=900": equal(" ".join(SPECIALS + words)),
        "both": equal(" ".join((SPECIALS + ordered(texts, 8))[:20])),
        "two specials": equal(" ".join(["<unk>", "<eos>", *pads[:3]])),
    }


@check(part="data", points="0.1")
def vocabulary_numbers(sub, rng):
    """
    ru: Слово переходит в свой номер, незнакомое — в номер unk, а без unk это ошибка.
    en: A word becomes its number, an unknown one that of unk, and without unk it is an error.
    hint ru: Что вернуть вместо KeyError и какое исключение обещает docstring?
    hint en: What comes instead of a KeyError, and which exception does the docstring promise?
    """
    tokens = [f"w{k}" for k in rng.permutation(50)]
    lenient, strict = sub.Vocabulary([*tokens, "<unk>"]), sub.Vocabulary(tokens, unk=None)
    try:
        strict.lookup_indices(["w3", "other"])
        refused = "no error"
    except UnknownToken:
        refused = "UnknownToken"
    asked = [f"w{k}" for k in rng.integers(80, size=40)]
    return {
        "numbers": lenient.lookup_indices(asked),
        "without unk": strict.lookup_indices(tokens[::-1]),
        "an unknown one without unk": refused,
    }


@vocabulary_numbers.expects
def _(rng):
    order = rng.permutation(50)
    asked = rng.integers(80, size=40)
    places = np.append(np.argsort(order), np.full(30, 50))
    return {
        "numbers": equal(places[asked]),
        "without unk": equal(np.arange(50)[::-1]),
        "an unknown one without unk": equal("UnknownToken"),
    }
