"""
ru: Дополнение перед свёрткой не обнулено.
en: Padding is not zero before the convolution.
"""

FAILS = ["convolution_module"]


class ConvolutionModule:
    def forward(self, x, valid=None, cache=None):
        x = functional.glu(self.gate(x), dim=-1)
        if valid is not None:
            pass
        x = self.depthwise(x, cache)
        x = self.norm(x, valid) if isinstance(self.norm, StepBatchNorm) else self.norm(x)
        output = self.linear(functional.silu(x))
        return output
