"""
ru: Векторы оставшихся слов не увеличены.
en: The vectors of words that stay are not scaled up.
"""

FAILS = ["words_dropped"]


class EmbeddingDropout:
    def forward(self, tokens):
        vectors = self.embedding(tokens)
        if not self.training or self.p == 0:
            return vectors
        mask = dropout_mask(self.embedding.weight[:, :1], self.p, self.generator)
        return vectors * (functional.embedding(tokens, mask) > 0)
