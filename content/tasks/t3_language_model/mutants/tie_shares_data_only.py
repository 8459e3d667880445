"""
ru: Общая память, но два параметра: оптимизатор ведёт их порознь.
en: Memory is shared, but there are two parameters, which the optimiser moves apart.
"""

FAILS = ["one_matrix"]


class LSTMLanguageModel:
    def tie(self):
        self.predict.weight.data = self.embed.embedding.weight.data
