"""Checks of the dropouts around a recurrent layer: of words, and of features at all steps.

The oracle: inputs that are one everywhere, so that what comes out is the mask.
"""

import numpy as np
import torch

from praktikum.checks import between, check, close, equal

from .recurrent_weights import told_of_mask
from .sequences import seeded

P = 0.25
WORDS = 500


def vectors_of_words(sub, rng, tokens):
    """Return the vectors of tokens, of an embedding of 500 words into ones."""
    generator = seeded(int(rng.integers(2**31)))
    embedding = torch.nn.Embedding.from_pretrained(torch.ones(WORDS, 3), freeze=False)
    dropout = sub.EmbeddingDropout(embedding, P, generator=generator)
    return dropout(tokens), embedding


@check(part="bonus_embedding_dropout", points="0.1")
def words_dropped(sub, rng):
    """
    ru: Выпадают слова словаря: везде, где они стоят, и целиком; остальные увеличены.
    en: Words of the vocabulary are dropped: wherever they stand, as wholes; the rest is scaled up.
    hint ru: Маска — по одному числу на слово словаря, а не на место в тексте.
    hint en: The mask has a number for each word of the vocabulary, not for each place in a text.
    """
    order = torch.from_numpy(np.concatenate([rng.permutation(WORDS) for _ in range(4)]))
    vectors, _ = vectors_of_words(sub, rng, order.reshape(40, 50))
    vectors = vectors.detach().reshape(4 * WORDS, 3)
    by_word = vectors[order.argsort(stable=True)].reshape(WORDS, 12).numpy()
    spread = np.ptp(by_word, axis=1).max()
    return told_of_mask(by_word, P) | {"change over the places of a word": spread}


@words_dropped.expects
def _(rng):
    del rng
    near = 5 * np.sqrt(0.25 / WORDS)
    return {
        "distance from 0 or 1 / (1 - p)": close(0.0, atol=1e-6),
        "share of zeros": between(P - near, P + near),
        "change over the places of a word": close(0.0),
    }


@check(part="bonus_embedding_dropout", points="0.05", needs=["words_dropped"])
def words_learned(sub, rng):
    """
    ru: Градиент доходит до таблицы с той же маской, сама таблица не меняется.
    en: The gradient reaches the table through the same mask, and the table doesn't change.
    """
    tokens = torch.arange(WORDS)
    vectors, embedding = vectors_of_words(sub, rng, tokens)
    vectors.sum().backward()
    return {
        "gradient against the mask": (embedding.weight.grad - vectors.detach()).abs().max(),
        "table": embedding.weight.detach(),
    }


@words_learned.expects
def _(rng):
    del rng
    return {
        "gradient against the mask": close(0.0, atol=1e-6),
        "table": equal(np.ones((WORDS, 3))),
    }


@check(part="bonus_locked_dropout", points="0.2")
def locked_mask(sub, rng):
    """
    ru: Маска одна на все шаги, у каждой последовательности и каждого признака своя.
    en: The mask is one for all steps; each sequence and each feature has its own.
    hint ru: У какой оси время? Размеры маски, которую можно умножить на весь вход, — какие?
    hint en: Which axis is time? Which shape has a mask that can multiply the whole input?
    """
    generator = seeded(int(rng.integers(2**31)))
    ones = torch.ones(6, 40, 30)
    time_first = sub.LockedDropout(P, generator=generator)(ones).numpy()
    batch_first = sub.LockedDropout(P, batch_first=True, generator=generator)(ones).numpy()
    again = sub.LockedDropout(P, generator=generator)(ones).numpy()
    return told_of_mask(time_first, P) | {
        "change over time": np.ptp(time_first, axis=0).max(),
        "different sequences": len(np.unique(time_first[0], axis=0)),
        "different features": len(np.unique(time_first[0].T, axis=0)),
        "change over time, batch first": np.ptp(batch_first, axis=1).max(),
        "different sequences, batch first": len(np.unique(batch_first[:, 0], axis=0)),
        "the same in the next call": bool((again == time_first).all()),
    }


@locked_mask.expects
def _(rng):
    del rng
    near = 5 * np.sqrt(0.25 / 1200)
    return {
        "distance from 0 or 1 / (1 - p)": close(0.0, atol=1e-6),
        "share of zeros": between(P - near, P + near),
        "change over time": close(0.0),
        "different sequences": equal(40),
        "different features": equal(30),
        "change over time, batch first": close(0.0),
        "different sequences, batch first": equal(6),
        "the same in the next call": equal(False),
    }
