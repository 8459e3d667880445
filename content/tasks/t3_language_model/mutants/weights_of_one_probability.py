"""
ru: У всех матриц одна вероятность.
en: All matrices have one probability.
"""

FAILS = ["weights_lose_columns"]


class MaskedWeightLSTM:
    def masked_weights(self):
        masked = {}
        for name, weight in self.lstm.named_parameters():
            if name.startswith("weight"):
                p = self.p_input
                masked[name] = weight * dropout_mask(weight[:1], p, self.generator)
        return masked
