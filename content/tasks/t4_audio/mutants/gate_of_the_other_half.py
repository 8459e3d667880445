"""
ru: Через сигмоиду идёт первая половина, а не вторая.
en: The first half goes through the sigmoid, not the second.
"""

FAILS = ["convolution_module"]


class ConvolutionModule:
    def forward(self, x, valid=None, cache=None):
        x = functional.glu(self.gate(x).roll(x.shape[-1], dims=-1), dim=-1)
        if valid is not None:
            x = x * valid[:, :, None]
        x = self.depthwise(x, cache)
        x = self.norm(x, valid) if isinstance(self.norm, StepBatchNorm) else self.norm(x)
        output = self.linear(functional.silu(x))
        return output
