"""
ru: Равные по частоте стоят в порядке появления.
en: Words of equal frequency stand in the order of their appearance.
"""

FAILS = ["vocabulary_order"]


class Vocabulary:
    @classmethod
    def build(cls, texts, *, specials=SPECIALS, min_freq=1, max_size=None, unk=UNK):
        counts = Counter(token for text in texts for token in text)
        for special in specials:
            counts.pop(special, None)
        frequent = [token for token, count in counts.items() if count >= min_freq]
        frequent.sort(key=lambda token: -counts[token])
        return cls([*specials, *frequent][:max_size], unk)
