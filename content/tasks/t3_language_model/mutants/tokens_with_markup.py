"""
ru: Теги остались словами: br, p, class.
en: Tags are left as words: br, p, class.
"""

FAILS = ["words_of_text"]


def tokenise(text, stop_words=frozenset()):
    words = WORD.findall(text.lower())
    return [word for word in words if word not in stop_words]
