"""
ru: Слова выпадают и при применении.
en: Words are dropped in evaluation too.
"""

FAILS = ["words_learned"]


class EmbeddingDropout:
    def forward(self, tokens):
        vectors = self.embedding(tokens)
        if self.p == 0:
            return vectors
        mask = dropout_mask(self.embedding.weight[:, :1], self.p, self.generator)
        return vectors * functional.embedding(tokens, mask)
