"""How BLEU cuts a line into tokens: mteval's 13a, single characters, or at spaces only.

13a is the tokenisation of WMT's script `mteval-v13a.pl`, on which published scores rest (Post,
2018, "A call for clarity in reporting BLEU scores"). Its rules never look past a space, so a line
is cut word by word, and what a word is cut into is remembered: most words of a corpus were met.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from .errors import SettingError

__all__ = ["BleuTokeniser", "bleu_tokens"]

BleuTokeniser = Literal["13a", "char", "none"]

_RULES = (
    (re.compile(r"([{-~\[-` -&(-+:-@/])"), r" \1 "),  # signs stand alone
    (re.compile(r"([^0-9])([.,])"), r"\1 \2 "),  # but 3.14 is one token,
    (re.compile(r"([.,])([^0-9])"), r" \1 \2"),  # on both sides of its point
    (re.compile(r"([0-9])(-)"), r"\1 \2 "),
)
_ENTITIES = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))


def bleu_tokens(line: str, tokeniser: BleuTokeniser = "13a") -> list[str]:
    """Return the tokens of a line.

    13a:  punctuation apart from words, numbers whole, the commonest entities of HTML read
    char: every character but spaces
    none: what lies between spaces

    Raises SettingError for another tokeniser.

    >>> bleu_tokens("It's 3.14, right?")
    ["It's", '3.14', ',', 'right', '?']
    """
    line = line.rstrip()
    if tokeniser == "13a":
        words = _plain(line).split()
        return [token for word in words for token in _tokens_of_word(word)]
    if tokeniser == "char":
        return list("".join(line.split()))
    if tokeniser == "none":
        return line.split()
    raise SettingError(f"tokeniser must be '13a', 'char' or 'none', got {tokeniser!r}")


def _plain(line: str) -> str:
    """Return the line in one piece: words that were hyphenated at a line's end are joined."""
    line = line.replace("<skipped>", "").replace("-\n", "")
    if "&" in line:
        for entity, sign in _ENTITIES:
            line = line.replace(entity, sign)
    return line


@lru_cache(maxsize=1 << 17)
def _tokens_of_word(word: str) -> tuple[str, ...]:
    line = f" {word} "
    for pattern, replacement in _RULES:
        line = pattern.sub(replacement, line)
    return tuple(line.split())
