"""
ru: max_size ограничивает слова, служебные токены сверх того.
en: max_size limits words, the special tokens come on top.
"""

FAILS = ["vocabulary_limits"]


class Vocabulary:
    @classmethod
    def build(cls, texts, *, specials=SPECIALS, min_freq=1, max_size=None, unk=UNK):
        counts = Counter(token for text in texts for token in text)
        for special in specials:
            counts.pop(special, None)
        frequent = [token for token, count in counts.items() if count >= min_freq]
        frequent.sort(key=lambda token: (-counts[token], token))
        return cls([*specials, *frequent[:max_size]], unk)
