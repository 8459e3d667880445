"""
ru: Одна маска на все последовательности.
en: One mask for all sequences.
"""

FAILS = ["locked_mask"]


class LockedDropout:
    def forward(self, input):
        if not self.training or self.p == 0:
            return input
        one_step = input[:, :1] if self.batch_first else input[:1]
        return input * dropout_mask(input[:1, :1], self.p, self.generator)
