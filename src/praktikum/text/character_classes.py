"""Letters, digits, marks and punctuation, as patterns name them between brackets.

Where a text is cut depends on what counts as a letter, and Unicode adds some every year. Published
models go with the cuts of `tokenizers`, which knows letters and digits as of Unicode 16, marks,
punctuation and formats as of Unicode 8, whatever Python's own tables hold. `regex` knows more, so
what came later is taken out of its classes again.

`re` finds words twice as fast as `regex` does, if a class is spelled out and ends at U+FFFF: then
it is one table. So a `TextPattern` has two forms, and only texts with emoji or old scripts are read
by the slower one.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Protocol, runtime_checkable

__all__ = ["TextPattern"]

SPACES = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space by Unicode; Python's own ``\\s`` has four control characters more."""

HAN = (
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0002a6df\U0002a700-\U0002b81f\U0002b920-\U0002ceaf\U0002f800-\U0002fa1f"
)
"""The signs that BERT takes for words of their own."""

_SINCE_17 = """
558 58b-58c 88f c5c cdc 208f 209d-209f a7ce-a7cf a7d2 a7d4 a7dd-a7f1 ab6c-ab6d 107bb-107bf
10940-10959 10ec5-10eee 11b0a 11db0-11df1 1246f-1247f 12550-12686 16ea0-16ed3 16ff2-16ff6
187f8-187ff 18cd6-18cda 18d09-191d2 1b123-1b128 1b168 1d6a6 1df1f-1df24 1df2b-1dfff 1e6c0-1e6ff
2b73a-2b73f 2b81e 2cea2-2cead 323b0-3fc3f
"""
_SINCE_9 = """
5c8-5c9 61d 7fd 890-8e2 9fd-9fe a76 afa-aff b53-b55 c04-c3c c77 c84 d00 d3b-d3c d81 eba ece
180f-1886 1abf-1af0 1b4e-1b4f 1b7d-1b7f 1df6-1dfb 2e43-2e63 a82c a8c5 a8ff a9bd 10d24-10f89
11070-11074 110c2-110cd 111c9 111cf 1123e-11241 1133b 113bb-1145e 11660-1166c 116b9 1182f-11fff
12ff1-1612f 16d6d-16f4f 16fe2-16fe4 1cf00-1d128 1d25b-1d25c 1e000-1e6f5 1e944-1e95f
"""
_FIRST_BEYOND = "\U00010000"
_BEYOND_TABLE = re.compile(f"[{_FIRST_BEYOND}-\U0010ffff]")


@runtime_checkable
class _Pattern(Protocol):
    """What patterns of `re` and of `regex` have in common."""

    def findall(self, text: str, /) -> list[Any]:
        """Return what matches."""

    def sub(self, replacement: str, text: str, /) -> str:
        """Return the text with what matches replaced."""


@dataclass(frozen=True)
class _Class:
    """Characters of some of Unicode's categories.

    Attributes:
        categories: as `regex` names them.
        later: ranges of code points that came too late to belong.
        others: characters that belong nevertheless, as between brackets.
    """

    categories: str
    later: str
    others: str = ""

    @cached_property
    def named(self) -> str:
        """How `regex` reads the class between brackets."""
        ends = (item.split("-") for item in self.later.split())
        later = _in_brackets((chr(int(end[0], 16)), chr(int(end[-1], 16))) for end in ends)
        return f"[[{self.categories}]--[{later}]]{self.others}"

    @cached_property
    def spelled(self) -> str:
        """How `re` reads it, up to U+FFFF."""
        runs = _regex()(f"[{self.named}]+").findall(_characters())
        return _in_brackets((run[0], run[-1]) for run in runs)


_CLASSES = {
    "letters": _Class(r"\p{L}", _SINCE_17),
    "digits": _Class(r"\p{N}", _SINCE_17),
    "marks": _Class(r"\p{Mn}", _SINCE_9, r"\u1734\U0001171e"),
    "signs": _Class(r"\p{P}", _SINCE_9, r"\u166d\U000111c9" + re.escape(string.punctuation)),
    "controls": _Class(r"\p{Cc}\p{Cf}\p{Co}", f"9-a d {_SINCE_9}", r"\ufffd"),
}
_ELSEWHERE = {"spaces": SPACES, "han": HAN}


class TextPattern:
    """A regular expression in which ``{letters}``, ``{signs}`` … stand for classes of characters.

    Args:
        template: the expression; classes stand between brackets: ``letters``, ``digits``, ``marks``
            (that take no space), ``signs`` (punctuation), ``controls``, ``spaces`` and ``han``.

    >>> TextPattern("[{letters}]+").findall("Ёлка-42, café")
    ['Ёлка', 'café']
    """

    def __init__(self, template: str) -> None:
        self.template = template

    def findall(self, text: str) -> list[str]:
        """Return what matches, as `re.findall` does; the template must have no group."""
        return self._for(text).findall(text)

    def sub(self, replacement: str, text: str) -> str:
        """Return the text with what matches replaced, as `re.sub` does."""
        return self._for(text).sub(replacement, text)

    def _for(self, text: str) -> _Pattern:
        is_plain = text.isascii() or not _BEYOND_TABLE.search(text)
        return self._plain if is_plain else self._full

    @cached_property
    def _plain(self) -> _Pattern:
        used = {name: each.spelled for name, each in _CLASSES.items() if name in self.template}
        return re.compile(self.template.format(**used, **_ELSEWHERE))

    @cached_property
    def _full(self) -> _Pattern:
        used = {name: each.named for name, each in _CLASSES.items()}
        return _regex()(self.template.format(**used, **_ELSEWHERE))


def _in_brackets(ranges: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{re.escape(first)}-{re.escape(last)}" for first, last in ranges)


@cache
def _characters() -> str:
    """Return all characters that one table can hold, in order; halves of pairs are none."""
    points = range(ord(_FIRST_BEYOND))
    return "".join(chr(point) for point in points if not 0xD800 <= point <= 0xDFFF)


@cache
def _regex() -> Callable[[str], _Pattern]:
    """Return how `regex` compiles a pattern with differences of classes."""
    try:
        import regex
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "tokenisers need the package regex: pip install 'praktikum[text]'"
        ) from error
    return lambda pattern: regex.compile(pattern, regex.V1)
