"""
ru: Выпадают места в тексте: слово пропало здесь и осталось там.
en: Places of the text are dropped: a word is gone here and stays there.
"""

FAILS = ["words_dropped"]


class EmbeddingDropout:
    def dropped(self, tokens, vectors):
        return vectors * dropout_mask(vectors[..., :1], self.p, self.generator)
