"""Where a text is cut before a tokeniser looks at it: no token reaches across a cut.

* `ByteLevelWords`: GPT-2's. Words with the space before them, English endings, digits and signs
  apart; nothing is lost, so the words joined are the text (Radford et al., 2019, "Language models
  are unsupervised multitask learners", section 2.2: without cuts BPE would make tokens of ``dog.``
  and ``dog!``).
* `BertWords`: cut at spaces, which are dropped, and around each sign of punctuation.
* `Metaspace`: SentencePiece's. Spaces become ``▁`` (U+2581), and each begins a word.

Each is a function from a text to its words. Left out: the many others of `tokenizers`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .character_classes import TextPattern

__all__ = ["SPACE_MARK", "BertWords", "ByteLevelWords", "Metaspace", "PreTokeniser"]

SPACE_MARK = "▁"
"""What `Metaspace` writes for a space: U+2581, which no keyboard has."""

PreTokeniser = Callable[[str], list[str]]
"""Cuts a text into words."""

_BYTE_LEVEL = TextPattern(
    r"'(?:[sdmt]|re|ve|ll)| ?[{letters}]+| ?[{digits}]+| ?[^{spaces}{letters}{digits}]+"
    r"|[{spaces}]+(?![^{spaces}])|[{spaces}]+"
)
_BERT = TextPattern(r"[{signs}]|[^{spaces}{signs}]+")


@dataclass(frozen=True)
class ByteLevelWords:
    """Cuts as GPT-2 does; the words joined are the text.

    Attributes:
        add_prefix_space: put a space before a text that has none, so that its first word is like
            the others.

    >>> ByteLevelWords()("I'll be  back")
    ['I', "'ll", ' be', ' ', ' back']
    """

    add_prefix_space: bool = False

    def __call__(self, text: str) -> list[str]:
        """Return the words in their order."""
        if self.add_prefix_space and text and not text.startswith(" "):
            text = f" {text}"
        return _BYTE_LEVEL.findall(text)


@dataclass(frozen=True)
class BertWords:
    """Cuts at spaces and around each sign of punctuation.

    >>> BertWords()("Don't stop!")
    ['Don', "'", 't', 'stop', '!']
    """

    def __call__(self, text: str) -> list[str]:
        """Return the words in their order."""
        return _BERT.findall(text)


@dataclass(frozen=True)
class Metaspace:
    """Cuts before spaces and writes them as ``▁``, one before the first word, too.

    >>> Metaspace()("to be  or")
    ['▁to', '▁be', '▁', '▁or']
    """

    def __call__(self, text: str) -> list[str]:
        """Return the words in their order."""
        if not text:
            return []
        words = text.replace(" ", SPACE_MARK).split(SPACE_MARK)
        if not words[0]:
            del words[0]  # the text begins with a space
        return [SPACE_MARK + word for word in words]
