"""
ru: Скрытые матрицы всех слоёв получили одну маску.
en: The hidden matrices of all layers share a mask.
"""

FAILS = ["weights_masks_differ"]


class MaskedWeightLSTM:
    def masked_weights(self):
        masked, masks = {}, {}
        for name, weight in self.lstm.named_parameters():
            if name.startswith("weight"):
                kind = name.rpartition("_")[0] if name.startswith("weight_hh") else name
                p = self.p_input if name.startswith("weight_ih") else self.p_hidden
                if kind not in masks:
                    masks[kind] = dropout_mask(weight[:1], p, self.generator)
                masked[name] = weight * masks[kind]
        return masked
