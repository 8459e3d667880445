"""
ru: Выпадают отдельные числа векторов, а не слова.
en: Single numbers of vectors are dropped, not words.
"""

FAILS = ["words_dropped"]


class EmbeddingDropout:
    def forward(self, tokens):
        vectors = self.embedding(tokens)
        if not self.training or self.p == 0:
            return vectors
        mask = dropout_mask(self.embedding.weight, self.p, self.generator)
        return vectors * functional.embedding(tokens, mask)
