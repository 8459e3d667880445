"""How BLEU cuts lines into tokens: mteval's 13a, single characters, or at spaces only.

13a is the tokenisation of WMT's script `mteval-v13a.pl`, on which published scores rest (Post,
2018, "A call for clarity in reporting BLEU scores"). Its rules never look past a space, and most
words of a corpus come again: so the different words of all lines are cut once, in one text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Literal

from .errors import SettingError

__all__ = ["BleuTokeniser", "bleu_tokens"]

BleuTokeniser = Literal["13a", "char", "none"]

_RULES = (
    (re.compile(r"([{-~\[-` -&(-+:-@/])"), r" \1 "),  # signs stand alone
    (re.compile(r"([^0-9])([.,])"), r"\1 \2 "),  # but 3.14 is one token,
    (re.compile(r"([.,])([^0-9])"), r" \1 \2"),  # with digits on both sides of its point
    (re.compile(r"([0-9])(-)"), r"\1 \2 "),
)
_ENTITIES = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))


def bleu_tokens(lines: Iterable[str], tokeniser: BleuTokeniser = "13a") -> list[list[str]]:
    """Return the tokens of each line.

    13a:  punctuation apart from words, numbers whole, the commonest entities of HTML read
    char: every character but spaces
    none: what lies between spaces

    Raises SettingError for another tokeniser.

    >>> bleu_tokens(["It's 3.14, right?"])
    [["It's", '3.14', ',', 'right', '?']]
    """
    if tokeniser == "13a":
        return _cut_13a([_plain(line.rstrip()).split() for line in lines])
    if tokeniser == "char":
        return [list("".join(line.split())) for line in lines]
    if tokeniser == "none":
        return [line.split() for line in lines]
    raise SettingError(f"tokeniser must be '13a', 'char' or 'none', got {tokeniser!r}")


def _plain(line: str) -> str:
    """Return the line in one piece: words that were hyphenated at a line's end are joined."""
    line = line.replace("<skipped>", "").replace("-\n", "")
    if "&" in line:
        for entity, sign in _ENTITIES:
            line = line.replace(entity, sign)
    return line


def _cut_13a(lines: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the lines with each word cut into its tokens."""
    words = list(set(chain.from_iterable(lines)))
    text = "\n".join(["", *words, ""])  # a line break is a space to the rules, and stays
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    cut = [part.split() for part in text.split("\n")[1:-1]]
    tokens = dict(zip(words, cut, strict=True))
    return [list(chain.from_iterable(map(tokens.__getitem__, line))) for line in lines]
