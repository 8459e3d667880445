"""
ru: Свёрткам не сказано, где дополнение.
en: Convolutions are not told where padding is.
"""

FAILS = ["conformer_padding"]


class Conformer:
    def forward(self, x, lengths=None):
        time = range(x.shape[1])
        mask = self.reach.mask(time, time, x.device)
        valid = None
        if lengths is not None:
            valid = mask_of_lengths(lengths, len(time)).T
            mask = combine_masks(mask, valid[:, None, None, :])
        for block in self.blocks:
            x = block(x, mask)
        return x if valid is None else x * valid[:, :, None]
