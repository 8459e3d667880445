"""
ru: Служебный токен, встреченный в тексте, — ошибка или дубликат.
en: A special token met in a text is an error or a duplicate.
"""

FAILS = ["vocabulary_order"]


class Vocabulary:
    @classmethod
    def build(cls, texts, *, specials=SPECIALS, min_freq=1, max_size=None, unk=UNK):
        counts = Counter(token for text in texts for token in text)
        frequent = [token for token, count in counts.items() if count >= min_freq]
        frequent.sort(key=lambda token: (-counts[token], token))
        return cls([*specials, *frequent][:max_size], unk)
