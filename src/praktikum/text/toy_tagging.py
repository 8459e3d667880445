"""Sentences of a toy English with their parts of speech, for trying a tagger without data.

A sentence is a subject, a verb and perhaps an object: "the old light walks", "she can light the
light lamp". Some words have several parts of speech, told by the words before *and after*: "light"
is an adjective before a noun, a noun after the article alone, a verb after "can". So whoever looks
at one word only, or reads in one direction only, cannot tag them all.
"""

from __future__ import annotations

import numpy as np

from .conll import TaggedSentence
from .errors import SettingError

__all__ = ["toy_sentences"]

_Tagged = list[tuple[str, str]]

AMBIGUOUS = ["light", "still", "clean", "cool"]  # adjective, noun and verb
WORDS = {
    "DET": ["the", "a", "this", "every"],
    "ADJ": ["old", "small", "green", *AMBIGUOUS],
    "NOUN": ["lamp", "river", "garden", "house", *AMBIGUOUS],
    "PRON": ["she", "he", "it"],
    "VERB": ["sees", "likes", "finds", "paints"],
    "INFINITIVE": ["see", "find", *AMBIGUOUS],
}


def toy_sentences(n: int, rng: np.random.Generator) -> list[TaggedSentence]:
    """Return `n` sentences; tags are those of Universal Dependencies."""
    if n < 0:
        raise SettingError(f"n must be at least 0 sentences, got {n}")
    return [_sentence(rng) for _ in range(n)]


def _sentence(rng: np.random.Generator) -> TaggedSentence:
    subject = [(_word("PRON", rng), "PRON")] if rng.random() < 0.3 else _noun_phrase(rng)
    if rng.random() < 0.5:
        verb = [("can", "AUX"), (_word("INFINITIVE", rng), "VERB")]
    else:
        verb = [(_word("VERB", rng), "VERB")]
    words, tags = zip(*subject, *verb, *_noun_phrase(rng), (".", "PUNCT"), strict=True)
    return TaggedSentence(words, tags)


def _noun_phrase(rng: np.random.Generator) -> _Tagged:
    adjectives = [(_word("ADJ", rng), "ADJ") for _ in range(int(rng.integers(0, 3)))]
    return [(_word("DET", rng), "DET"), *adjectives, (_word("NOUN", rng), "NOUN")]


def _word(kind: str, rng: np.random.Generator) -> str:
    return str(rng.choice(WORDS[kind]))
