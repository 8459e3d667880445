"""
ru: Стоп-слова вычтены как множество: порядок и повторы потеряны.
en: Stop words are subtracted as a set: order and repetition are lost.
"""

FAILS = ["words_without_stop_words"]


def tokenise(text, stop_words=frozenset()):
    words = WORD.findall(without_markup(text).lower())
    return sorted(set(words) - set(stop_words)) if stop_words else words
