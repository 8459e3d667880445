"""
ru: Обходной путь идёт через нормализацию.
en: The residual goes through the normalisation.
"""

FAILS = ["block_output"]


class ConformerBlock:
    def forward(self, x, mask=None, valid=None, cache=None):
        steps, past = (None, None) if cache is None else (cache.attention, cache.convolution)
        x = x + self._drop(self.feed_forward1(x)) / 2
        x = x + self._drop(self.attention(self.attention_norm(x), mask=mask, cache=steps)[0])
        x = self.convolution_norm(x)
        x = x + self._drop(self.convolution(x, valid, past))
        x = x + self._drop(self.feed_forward2(x)) / 2
        output = self.norm(x)
        return output
