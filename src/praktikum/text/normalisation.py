"""How texts are made alike before they are cut: BERT's way, and Unicode's forms.

* `BertNormaliser`: control characters out, every space a plain one, Chinese signs apart, accents
  off, lower case (Devlin et al., 2019, "BERT", its code in `tokenization.py`).
* `UnicodeNormaliser`: one of the four normal forms. With the "compatible" ones (NFKC, NFKD) ``ﬁ``
  becomes ``fi`` and ``①`` becomes ``1``.

Each is a function from a text to a text. Forms and small letters are those of Python's Unicode: a
capital that was added later stays as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .character_classes import TextPattern

__all__ = ["BertNormaliser", "Normaliser", "UnicodeNormaliser"]

Normaliser = Callable[[str], str]
"""Makes texts alike."""

_CONTROLS = TextPattern("[{controls}]+")
_SPACE = TextPattern("[{spaces}]")
_HAN = TextPattern("[{han}]")
_MARKS = TextPattern("[{marks}]+")


@dataclass(frozen=True)
class BertNormaliser:
    """Makes a text as BERT wants it.

    Attributes:
        clean_text: take control characters out and make every space a plain one.
        handle_chinese_chars: put spaces around Chinese signs.
        strip_accents: take accents off; with None only if `lowercase`.
        lowercase: make letters small.

    >>> BertNormaliser()("Ёлка\\tÀ LA carte")
    'елка a la carte'
    """

    clean_text: bool = True
    handle_chinese_chars: bool = True
    strip_accents: bool | None = None
    lowercase: bool = True

    def __call__(self, text: str) -> str:
        """Return the text made alike."""
        if self.clean_text:
            text = _SPACE.sub(" ", _CONTROLS.sub("", text))
        if self.handle_chinese_chars and not text.isascii():
            text = _HAN.sub(r" \g<0> ", text)
        strips = self.lowercase if self.strip_accents is None else self.strip_accents
        if strips and not text.isascii():
            text = _MARKS.sub("", unicodedata.normalize("NFD", text))
        return _lower(text) if self.lowercase else text


@dataclass(frozen=True)
class UnicodeNormaliser:
    """Makes a text one of Unicode's normal forms.

    >>> UnicodeNormaliser("NFKC")("ﬁ ①")
    'fi 1'
    """

    form: Literal["NFC", "NFD", "NFKC", "NFKD"]

    def __call__(self, text: str) -> str:
        """Return the text in its normal form."""
        return unicodedata.normalize(self.form, text)


def _lower(text: str) -> str:
    """Return the text in lower case, each letter by itself: Σ is σ at a word's end, too."""
    return text.replace("Σ", "σ").lower()
