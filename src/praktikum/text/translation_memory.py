"""A translation memory: the translation of the known line that is most like the one asked for.

It is what translators had before machine translation, and what any model is to be set beside: it
can't be wrong about grammar, and it is right wherever a line has been translated before. Likeness
is the cosine of tf-idf vectors (Salton, Buckley, 1988, "Term-weighting approaches in automatic text
retrieval") of words and pairs of words, or of runs of characters, which see a word in its other
forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from .errors import ShapeError

__all__ = ["Features", "TranslationMemory"]

Features = Literal["words", "characters"]
_VECTORISERS = {
    "words": {"ngram_range": (1, 2), "token_pattern": r"\w+"},
    "characters": {"analyzer": "char_wb", "ngram_range": (2, 5)},
}
ROWS = 256  # lines that are compared with all known ones at once


class TranslationMemory:
    """Known lines and their translations.

    Args:
        sources: known lines, one at least.
        targets: their translations.
        features: ``words`` and pairs of them, or ``characters``, 2 to 5 of a word.

    Raises ShapeError: there is no line, or numbers of sources and targets differ.
    """

    def __init__(
        self, sources: Sequence[str], targets: Sequence[str], features: Features = "words"
    ) -> None:
        if not sources or len(sources) != len(targets):
            raise ShapeError(
                f"a memory needs a target for each source, and one at least; got {len(sources)} "
                f"sources and {len(targets)} targets"
            )
        self.targets = targets
        self.vectoriser = TfidfVectorizer(sublinear_tf=True, **_VECTORISERS[features])
        self.known = self.vectoriser.fit_transform(sources).T.tocsc()  # (features, sources)

    def translate(self, lines: Sequence[str]) -> list[str]:
        """Return the translation of the known line that is nearest to each, the first of equals."""
        found: list[str] = []
        for first in range(0, len(lines), ROWS):
            asked = self.vectoriser.transform(lines[first : first + ROWS])
            nearest = np.asarray((asked @ self.known).todense()).argmax(axis=1)
            found += (self.targets[index] for index in nearest)
        return found
