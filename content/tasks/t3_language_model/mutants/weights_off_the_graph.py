"""
ru: Маскированы копии весов, градиент до параметров не доходит.
en: Copies of the weights are masked, and no gradient reaches the parameters.
"""

FAILS = ["weights_sequence"]


class MaskedWeightLSTM:
    def masked_weights(self):
        masked = {}
        for name, weight in self.lstm.named_parameters():
            if name.startswith("weight"):
                p = self.p_input if name.startswith("weight_ih") else self.p_hidden
                masked[name] = weight.detach().clone().requires_grad_() * dropout_mask(
                    weight[:1], p, self.generator
                )
        return masked
