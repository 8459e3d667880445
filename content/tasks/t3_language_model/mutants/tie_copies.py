"""
ru: Матрица скопирована: после первого шага их две разных.
en: The matrix is copied: after the first step there are two different ones.
"""

FAILS = ["one_matrix"]


class LSTMLanguageModel:
    def tie(self):
        self.predict.weight = nn.Parameter(self.embed.embedding.weight.detach().clone())
