"""
ru: Внимание видит дополнение.
en: Attention sees padding.
"""

FAILS = ["conformer_padding"]


class Conformer:
    def forward(self, x, lengths=None):
        time = range(x.shape[1])
        mask = self.reach.mask(time, time, x.device)
        valid = None
        if lengths is not None:
            valid = mask_of_lengths(lengths, len(time)).T
            mask = mask
        for block in self.blocks:
            x = block(x, mask, valid)
        return x if valid is None else x * valid[:, :, None]
