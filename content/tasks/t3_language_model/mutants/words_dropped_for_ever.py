"""
ru: Строки таблицы обнулены в самой таблице.
en: Rows are zeroed in the table itself.
"""

FAILS = ["words_learned"]


class EmbeddingDropout:
    def dropped(self, tokens, vectors):
        mask = dropout_mask(self.embedding.weight[:, :1], self.p, self.generator)
        self.embedding.weight.data *= mask
        return functional.embedding(tokens, self.embedding.weight)
