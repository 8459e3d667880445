"""
ru: Полносвязные модули прибавляются целиком, а не с весом ½.
en: Feed-forwards are added whole, not with a weight of ½.
"""

FAILS = ["block_output"]


class ConformerBlock:
    def forward(self, x, mask=None, valid=None, cache=None):
        steps, past = (None, None) if cache is None else (cache.attention, cache.convolution)
        x = x + self._drop(self.feed_forward1(x))
        x = x + self._drop(self.attention(self.attention_norm(x), mask=mask, cache=steps)[0])
        x = x + self._drop(self.convolution(self.convolution_norm(x), valid, past))
        x = x + self._drop(self.feed_forward2(x))
        output = self.norm(x)
        return output
