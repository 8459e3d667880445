"""
ru: Служебные токены стоят в конце.
en: The special tokens stand at the end.
"""

FAILS = ["vocabulary_order"]


class Vocabulary:
    @classmethod
    def build(cls, texts, *, specials=SPECIALS, min_freq=1, max_size=None, unk=UNK):
        counts = Counter(token for text in texts for token in text)
        for special in specials:
            counts.pop(special, None)
        frequent = [token for token, count in counts.items() if count >= min_freq]
        frequent.sort(key=lambda token: (-counts[token], token))
        return cls([*frequent, *specials][:max_size], unk)
