"""Word and character error rates: how much of a transcript would have to be corrected.

The fewest insertions, deletions and substitutions that make the transcript of what was said
(Levenshtein, 1966), over how much was said. Both are sums over all texts, so long texts count for
more, and a rate may be above 1. Words are what whitespace separates; letter case and punctuation
count, so bring both sides to one form before.

Neighbours in a column of Levenshtein's table differ by -1, 0 or 1, so a column is two integers,
whose bits say where it rises and where it falls: Hyyrö, 2003, "A bit-vector algorithm for
computing Levenshtein and Damerau edit distances".
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from .errors import ShapeError

__all__ = ["character_error_rate", "edit_distance", "word_error_rate"]


def edit_distance(reference: Sequence[Hashable], hypothesis: Sequence[Hashable]) -> int:
    """Return the fewest insertions, deletions and substitutions from one row to the other.

    >>> edit_distance("kitten", "sitting")
    3
    """
    positions: dict[Hashable, int] = {}
    for place, token in enumerate(reference):
        positions[token] = positions.get(token, 0) | 1 << place
    everything = (1 << len(reference)) - 1
    rises, falls, distance = everything, 0, len(reference)
    last = 1 << len(reference) >> 1
    for token in hypothesis:
        matches = positions.get(token, 0)
        diagonal = (((matches & rises) + rises) ^ rises) | matches | falls
        up = (falls | ~(diagonal | rises)) & everything  # rises from the column before
        down = rises & diagonal
        distance += bool(up & last) - bool(down & last) if last else 1
        up = up << 1 | 1
        rises = (down << 1 | ~(diagonal | up)) & everything
        falls = up & diagonal
    return distance


def word_error_rate(references: Sequence[str], hypotheses: Sequence[str]) -> float:
    """Return the edits of words over the number of words that were said.

    Where nothing was said the rate is the number of insertions, as jiwer has it. Raises ShapeError:
    the numbers of texts differ.

    >>> word_error_rate(["press one or two"], ["press on two"])
    0.5
    """
    return _rate([text.split() for text in references], [text.split() for text in hypotheses])


def character_error_rate(references: Sequence[str], hypotheses: Sequence[str]) -> float:
    """Return the edits of characters over the number of characters that were said.

    Spaces count within a text and do not at its ends. Raises ShapeError as `word_error_rate` does.
    """
    return _rate([text.strip() for text in references], [text.strip() for text in hypotheses])


def _rate(references: Sequence[Sequence[str]], hypotheses: Sequence[Sequence[str]]) -> float:
    if len(references) != len(hypotheses):
        raise ShapeError(
            f"each of {len(references)} references needs one hypothesis, got {len(hypotheses)}"
        )
    edits = sum(map(edit_distance, references, hypotheses))
    return edits / max(1, sum(map(len, references)))
