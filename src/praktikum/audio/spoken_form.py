"""Texts as they are spoken: small letters, words for digits, no punctuation.

A recogniser that writes characters learns from what is heard. So `#` becomes *pound* and 3 becomes
*three*; a number of several digits is read digit by digit, which may not be how it was said, so
`is_plain` tells texts that leave no doubt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from .errors import SettingError

__all__ = ["SPOKEN", "SpokenForm", "spoken_form"]


@dataclass(frozen=True)
class SpokenForm:
    """How a language writes what is said.

    Attributes:
        letters: all that words are made of.
        signs: words for digits and for signs that are spoken.
        apostrophe: whether it is a part of words.
        folded: letters that are written as others.
    """

    letters: str
    signs: Mapping[str, str]
    apostrophe: bool = False
    folded: Mapping[str, str] = field(default_factory=dict)

    @property
    def alphabet(self) -> str:
        """All characters of the spoken form, the space first."""
        return " " + "'" * self.apostrophe + self.letters

    def __call__(self, text: str) -> str:
        """Return the spoken form; what is neither letter nor sign separates words."""
        composed = unicodedata.normalize("NFC", text.lower()).replace(
            "\N{RIGHT SINGLE QUOTATION MARK}", "'"
        )
        said = "".join(f" {self.signs[c]} " if c in self.signs else c for c in composed)
        said = "".join(self.folded.get(c, c) for c in said)
        kept = "".join(c if c in self.alphabet else " " for c in said)
        return " ".join(word.strip("'") for word in kept.split() if word.strip("'"))

    def is_plain(self, text: str) -> bool:
        """Return whether the spoken form is what one would read: no number of several digits."""
        return re.search(r"\d[\d.,:]*\d", text) is None


def _signs(words: str, others: Mapping[str, str]) -> Mapping[str, str]:
    return {str(digit): word for digit, word in enumerate(words.split())} | dict(others)


SPOKEN: Mapping[str, SpokenForm] = {
    "en": SpokenForm(
        "abcdefghijklmnopqrstuvwxyz",
        _signs(
            "zero one two three four five six seven eight nine",
            {"*": "star", "#": "pound", "&": "and", "%": "percent", "+": "plus", "@": "at"},
        ),
        apostrophe=True,
    ),
    "ru": SpokenForm(
        "абвгдежзийклмнопрстуфхцчшщъыьэюя",
        _signs(
            "ноль один два три четыре пять шесть семь восемь девять",
            {"*": "звездочка", "#": "решетка", "%": "процент", "+": "плюс"},
        ),
        folded={"ё": "е"},
    ),
}
"""The spoken form of each language there is one for."""


def spoken_form(language: str) -> SpokenForm:
    """Return how a language writes what is said. Raises SettingError for one that is not known."""
    if language not in SPOKEN:
        raise SettingError(f"language must be one of {', '.join(SPOKEN)}, got {language!r}")
    return SPOKEN[language]
