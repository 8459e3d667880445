"""
ru: Оставшиеся столбцы не увеличены.
en: The columns that stay are not scaled up.
"""

FAILS = ["weights_lose_columns"]


class MaskedWeightLSTM:
    def masked_weights(self):
        masked = {}
        for name, weight in self.lstm.named_parameters():
            if name.startswith("weight"):
                p = self.p_input if name.startswith("weight_ih") else self.p_hidden
                masked[name] = weight * (dropout_mask(weight[:1], p, self.generator) > 0)
        return masked
