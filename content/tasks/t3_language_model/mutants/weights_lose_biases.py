"""
ru: Маска наложена и на сдвиги.
en: Biases are masked too.
"""

FAILS = ["weights_lose_columns"]


class MaskedWeightLSTM:
    def masked_weights(self):
        masked = {}
        for name, weight in self.lstm.named_parameters():
            p = self.p_input if name.startswith("weight_ih") else self.p_hidden
            masked[name] = weight * dropout_mask(weight[:1], p, self.generator)
        return masked
