"""
ru: reach не учитывается.
en: reach is passed over.
"""

FAILS = ["conformer_padding"]


class Conformer:
    def forward(self, x, lengths=None):
        time = range(x.shape[1])
        mask = None
        valid = None
        if lengths is not None:
            valid = mask_of_lengths(lengths, len(time)).T
            mask = combine_masks(mask, valid[:, None, None, :])
        for block in self.blocks:
            x = block(x, mask, valid)
        return x if valid is None else x * valid[:, :, None]
