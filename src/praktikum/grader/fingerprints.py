"""Fingerprints of code that outlive renaming and reformatting, chosen by winnowing.

Schleimer, Wilkerson, Aiken. Winnowing: local algorithms for document fingerprinting, SIGMOD 2003.
Code is read as tokens without comments, texts and layout. Names count as one name, except
attributes of modules and objects, which are other people's (``np.einsum``). Of the hashes of all
runs of `RUN` tokens the least of each `WINDOW` neighbours is kept: whatever two works share in at
least ``RUN + WINDOW - 1`` tokens is found, and what they share in fewer than ``RUN`` never is.
"""

from __future__ import annotations

import hashlib
import io
import keyword
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

__all__ = ["RUN", "WINDOW", "Fingerprints", "Lines", "fingerprints", "shared_lines", "similarity"]

RUN = 16
"""Tokens in a run."""

WINDOW = 12
"""Neighbouring runs of which one is kept."""

Lines = tuple[int, int]
"""First and last line, from 1."""

Fingerprints = Mapping[int, Sequence[Lines]]
"""For each fingerprint the lines where it stands."""

_SKIPPED = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}
_NAME, _TEXT, _NUMBER = "name", "text", "number"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    line: int


def fingerprints(source: str) -> Fingerprints:
    """Return the fingerprints of Python code; what cannot be read as tokens is passed over.

    Source of submissions: it is only read, never run.
    """
    tokens = list(_tokens(source))
    hashes = [_hash(tokens[start : start + RUN]) for start in range(len(tokens) - RUN + 1)]
    found: dict[int, list[Lines]] = {}
    for start in _winnowed(hashes):
        lines = tokens[start].line, tokens[start + RUN - 1].line
        found.setdefault(hashes[start], []).append(lines)
    return found


def similarity(one: Set[int], other: Set[int], given: Set[int]) -> float:
    """Return which part of the shorter work is in the longer one, 0 to 1.

    Args:
        one: the fingerprints of a work.
        other: those of another.
        given: those of what everybody was given: it is nobody's own.
    """
    own, others = one - given, other - given
    least = min(len(own), len(others))
    return len(own & others) / least if least else 0.0


def shared_lines(one: Fingerprints, other: Set[int], given: Set[int]) -> frozenset[int]:
    """Return the lines of ``one`` that are in ``other`` too, and were given to nobody."""
    shared = (one.keys() & other) - given
    return frozenset(
        line
        for fingerprint in shared
        for first, last in one[fingerprint]
        for line in range(first, last + 1)
    )


def _tokens(source: str) -> Iterator[_Token]:
    before, at_start = "", True
    for token in _readable(source):
        if token.type in _SKIPPED:
            at_start = at_start or token.type == tokenize.NEWLINE
            continue
        is_docstring = token.type == tokenize.STRING and at_start
        at_start = False
        if not is_docstring:
            yield _Token(_kind(token, before), token.start[0])
        before = f"{before[-5:]}{token.string}" if token.string == "." else token.string


def _kind(token: tokenize.TokenInfo, before: str) -> str:
    if token.type == tokenize.NAME:
        is_word = keyword.iskeyword(token.string) or keyword.issoftkeyword(token.string)
        is_foreign = before.endswith(".") and before != "self."
        return token.string if is_word or is_foreign else _NAME
    return {tokenize.STRING: _TEXT, tokenize.NUMBER: _NUMBER}.get(token.type, token.string)


def _readable(source: str) -> Iterator[tokenize.TokenInfo]:
    """Yield tokens up to the first place that is no Python."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(source).readline)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return


def _hash(tokens: Iterable[_Token]) -> int:
    text = "\0".join(token.kind for token in tokens)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _winnowed(hashes: Sequence[int]) -> Iterator[int]:
    """Yield the place of the least hash of each window, the last one of equals, each once."""
    before = -1
    for start in range(max(1, len(hashes) - WINDOW + 1) if hashes else 0):
        window = range(start, min(start + WINDOW, len(hashes)))
        place = min(window, key=lambda at: (hashes[at], -at))
        if place != before:
            yield place
            before = place
