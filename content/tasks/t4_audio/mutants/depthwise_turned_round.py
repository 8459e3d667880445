"""
ru: Ядро перевёрнуто во времени.
en: The kernel is turned round in time.
"""

FAILS = ["depthwise_values"]


class DepthwiseConvolution:
    def forward(self, x, cache=None):
        padding = self.after
        if cache is not None:
            x = cache.extend(x)
        elif self.before != self.after:
            x = functional.pad(x, (0, 0, self.before, 0))
        images = x.transpose(1, 2).unsqueeze(3)
        images = functional.conv2d(
            images, self.weight.flip(2).unsqueeze(3), padding=(padding, 0), groups=images.shape[1]
        )
        return images.squeeze(3).transpose(1, 2)
