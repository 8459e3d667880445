"""
ru: Нормализации не сказано, где дополнение.
en: The normalisation is not told of padding.
"""

FAILS = ["convolution_module"]


class ConvolutionModule:
    def forward(self, x, valid=None, cache=None):
        x = functional.glu(self.gate(x), dim=-1)
        if valid is not None:
            x = x * valid[:, :, None]
        x = self.depthwise(x, cache)
        x = self.norm(x)
        output = self.linear(functional.silu(x))
        return output
