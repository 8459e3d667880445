"""
ru: Стоп-слова сравниваются до перевода в строчные.
en: Stop words are compared before lower-casing.
"""

FAILS = ["words_without_stop_words"]


def tokenise(text, stop_words=frozenset()):
    words = WORD.findall(without_markup(text))
    return [word.lower() for word in words if word not in stop_words]
