"""English strings with their Russian translations: what programs say, or a file of your own.

Both sides are cleaned alike. Mnemonics go ("_Open", "_Открыть"), white space is one space, and what
a program puts in when it runs (%s, %(name)s, {0}) or a browser reads (<b>) is a numbered place,
{1}, {2}, …: the same on both sides, whatever it was. Pairs without English or Russian words, with
unequal places or with sides of very unequal lengths are left out. Of several translations of a
source the commonest is kept, and of equally common ones the first.

Parts are told by the letters of the source alone. So no source, nor the same one with another sign
at its end, is in two of them, on any machine, whichever catalogues it has.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .rated_texts import in_three_parts

__all__ = ["Translation", "TranslationSplits", "clean_pairs", "cleaned", "split_by_source"]

LONGEST = 300  # characters of a side: what is longer is a page of help, not a sentence
MOST_UNEQUAL = 4  # times as long as the other side, for sides of more than a few words

_PLACE = re.compile(
    r"(?<!%)%(?P<position>\d+\$)?[-+#0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh?|ll?|[Lqjzt])?[a-zA-Z]"
    r"|%<PRI\w+>|\{\}"
    r"|(?P<named>%\(\w+\)[a-z]|\{\w+\}|\{\{\s*[\w.]+\s*\}\}"
    r"|</?(?:a|abbr|b|big|br|code|em|h\d|i|li|ol|p|small|span|strong|sub|sup|tt|u|ul)\b[^<>]*>)"
)
_ENGLISH = re.compile(r"[A-Za-z]{2}")
_RUSSIAN = re.compile(r"[А-Яа-яЁё]")
_MNEMONIC = re.compile(r"[_&](?!\w+;)(?=\w)")


class Translation(NamedTuple):
    """A string and what a translator made of it."""

    source: str
    target: str


@dataclass(frozen=True)
class TranslationSplits:
    """Pairs to train on, to choose by and to test on; no source is in two of them."""

    train: Sequence[Translation]
    valid: Sequence[Translation]
    test: Sequence[Translation]

    def __iter__(self) -> Iterator[Sequence[Translation]]:
        """Yield the three parts in this order."""
        return iter((self.train, self.valid, self.test))


def split_by_source(
    pairs: Sequence[Translation], valid: float, test: float = 0.0
) -> TranslationSplits:
    """Return the pairs in three parts; `valid` and `test` are shares of all."""
    return TranslationSplits(*in_three_parts(pairs, map(_letters, pairs), valid, test))


def clean_pairs(pairs: Iterable[tuple[str, str]]) -> list[Translation]:
    """Return the pairs that are worth learning from, cleaned, each source once.

    They come in the order in which the sources were first seen.
    """
    seen: dict[str, Counter[str]] = {}
    for pair in pairs:
        kept = cleaned(*pair)
        if kept is not None:
            seen.setdefault(kept.source, Counter())[kept.target] += 1
    return [
        Translation(source, targets.most_common(1)[0][0])  # of equals the first that was counted
        for source, targets in seen.items()
    ]


def cleaned(source: str, target: str) -> Translation | None:
    """Return the pair with its places numbered, or None if it is not worth learning from.

    >>> cleaned("_Remove <b>%s</b>?", "_Удалить <b>%s</b>?")
    Translation(source='Remove {1}{2}{3}?', target='Удалить {1}{2}{3}?')
    """
    source, target = _without_mnemonic(source, target)
    in_source, in_target = _places(source), _places(target)
    if set(in_source) != set(in_target):
        return None
    numbers = {place: number for number, place in enumerate(dict.fromkeys(in_source), start=1)}
    pair = Translation(_filled(source, in_source, numbers), _filled(target, in_target, numbers))
    return pair if _is_worth_learning(pair) else None


def _places(text: str) -> list[str]:
    """Return what tells each place from others: its name, or which of the nameless ones it is."""
    places, n_nameless = [], 0
    for match in _PLACE.finditer(text):
        if match["named"]:
            places.append(match["named"])
        elif match["position"]:
            places.append(match["position"])
        else:
            n_nameless += 1
            places.append(f"{n_nameless}$")
    return places


def _filled(text: str, places: Sequence[str], numbers: Mapping[str, int]) -> str:
    """Return the text with the numbers of its places in them, and without needless space."""
    in_order = iter(places)
    numbered = _PLACE.sub(lambda _: f"{{{numbers[next(in_order)]}}}", text)
    return " ".join(numbered.replace("%%", "%").split())


def _without_mnemonic(source: str, target: str) -> tuple[str, str]:
    """Return both sides without the sign before the letter that a key chooses, if both have it."""
    signs, own = _MNEMONIC.findall(source), [match.start() for match in _MNEMONIC.finditer(target)]
    is_one = len(signs) == len(own) == 1 and target[own[0]] == signs[0]
    if is_one and _RUSSIAN.match(target, own[0] + 1):  # else it is in a name, such as LC_ALL
        return _MNEMONIC.sub("", source), _MNEMONIC.sub("", target)
    return source, target


def _is_worth_learning(pair: Translation) -> bool:
    """Return whether a pair has words on both sides, and sides that can mean the same."""
    lengths = sorted((len(pair.source), len(pair.target)))
    words = [_PLACE.sub("", side) for side in pair]
    return (
        lengths[0] > 0
        and lengths[1] <= min(LONGEST, MOST_UNEQUAL * lengths[0] + 20)
        and _ENGLISH.search(words[0]) is not None
        and _RUSSIAN.search(words[1]) is not None
        and _RUSSIAN.search(words[0]) is None
    )


def _letters(pair: Translation) -> str:
    """Return the letters of the source in their words: what its part is told by."""
    return "".join(sign if sign.isalpha() else " " for sign in pair.source.casefold())
