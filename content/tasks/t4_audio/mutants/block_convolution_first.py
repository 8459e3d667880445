"""
ru: Свёртка стоит перед вниманием.
en: The convolution stands before the attention.
"""

FAILS = ["block_output"]


class ConformerBlock:
    def forward(self, x, mask=None, valid=None, cache=None):
        steps, past = (None, None) if cache is None else (cache.attention, cache.convolution)
        x = x + self._drop(self.feed_forward1(x)) / 2
        x = x + self._drop(self.convolution(self.convolution_norm(x), valid, past))
        x = x + self._drop(self.attention(self.attention_norm(x), mask=mask, cache=steps)[0])
        x = x + self._drop(self.feed_forward2(x)) / 2
        output = self.norm(x)
        return output
