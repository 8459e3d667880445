"""
ru: Маска действует и при применении.
en: The mask acts in evaluation too.
"""

FAILS = ["locked_in_evaluation"]


class LockedDropout:
    def forward(self, input):
        if self.p == 0:
            return input
        one_step = input[:, :1] if self.batch_first else input[:1]
        return input * dropout_mask(one_step, self.p, self.generator)
