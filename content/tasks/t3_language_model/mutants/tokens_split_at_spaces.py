"""
ru: Текст разрезан только по пробелам.
en: The text is split at spaces only.
"""

FAILS = ["words_of_text"]


def tokenise(text, stop_words=frozenset()):
    words = without_markup(text).lower().split()
    return [word for word in words if word not in stop_words]
