"""
ru: На дополнении остаётся то, что насчитали блоки.
en: Padding keeps what the blocks made of it.
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
            x = block(x, mask, valid)
        return x
