"""
ru: Параметры сами умножены на маску и портятся с каждым вызовом.
en: The parameters themselves are multiplied by the mask, and spoilt by each call.
"""

FAILS = ["weights_masks_differ", "weights_stay"]


class MaskedWeightLSTM:
    def masked_weights(self):
        masked = {}
        for name, weight in self.lstm.named_parameters():
            if name.startswith("weight"):
                p = self.p_input if name.startswith("weight_ih") else self.p_hidden
                weight.data *= dropout_mask(weight[:1], p, self.generator)
                masked[name] = weight
        return masked
