"""
ru: Буквами считаются только латинские.
en: Only Latin letters count as letters.
"""

FAILS = ["words_of_text"]


import re


def tokenise(text, stop_words=frozenset()):
    words = re.findall("[a-z]+", without_markup(text).lower())
    return [word for word in words if word not in stop_words]
