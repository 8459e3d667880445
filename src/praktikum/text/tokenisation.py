"""Words of a text: lower case, no markup, letters only, split at everything else, stop words out.

This is how reviews are read: "It's <br /> GREAT, 10/10!" becomes ``it s great``. An apostrophe
splits like any other sign, so a negation is left as a word of its own ("can't" is ``can t``), and
the stop words hold none: ``no``, ``not``, ``never``, ``nor`` and ``t`` decide about a review's
mood. The lists of scikit-learn and NLTK contain them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Container

__all__ = ["STOP_WORDS", "WORD", "tokenise", "without_markup"]

_SAY_LITTLE = """
a an the this that these those i me my mine we us our you your he him his she her it its they them
their who whom which what am is are was were be been being have has had having do does did doing
will would shall should can could may might must of at by for with about into to from in on as than
then so such there here when where how all both each own same s d ll m re ve and or if while until
"""
STOP_WORDS = frozenset(_SAY_LITTLE.split())
"""Frequent English words that say little; no negations, and nothing like ``but`` or ``too``."""

_MARKUP = re.compile(r"<!--.*?-->|</?[a-zA-Z!][^<>]*>", re.DOTALL)
WORD = re.compile(r"[^\W\d_]+")
"""A run of letters, of any alphabet."""


def without_markup(text: str) -> str:
    """Return the text with a space in place of each tag and comment of HTML, entities read.

    >>> without_markup("caf&eacute;<br />1 < 2")
    'café 1 < 2'
    """
    return html.unescape(_MARKUP.sub(" ", text))


def tokenise(text: str, stop_words: Container[str] = frozenset()) -> list[str]:
    """Return the words of a text in their order, without those that `stop_words` contains.

    >>> tokenise("It's <b>GREAT</b>, 10/10!", STOP_WORDS)
    ['great']
    """
    words = WORD.findall(without_markup(text).lower())
    return [word for word in words if word not in stop_words]
