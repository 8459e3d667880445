"""
ru: Слово, встреченное ровно min_freq раз, отброшено.
en: A word that occurs exactly min_freq times is left out.
"""

FAILS = ["vocabulary_limits"]


class Vocabulary:
    @classmethod
    def build(cls, texts, *, specials=SPECIALS, min_freq=1, max_size=None, unk=UNK):
        counts = Counter(token for text in texts for token in text)
        for special in specials:
            counts.pop(special, None)
        frequent = [token for token, count in counts.items() if count > min_freq or min_freq == 1]
        frequent.sort(key=lambda token: (-counts[token], token))
        return cls([*specials, *frequent][:max_size], unk)
