"""
ru: Регистр букв сохранён.
en: Letters keep their case.
"""

FAILS = ["words_of_text"]


def tokenise(text, stop_words=frozenset()):
    words = WORD.findall(without_markup(text))
    return [word for word in words if word not in stop_words]
