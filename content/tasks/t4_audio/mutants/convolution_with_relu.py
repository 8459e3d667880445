"""
ru: ReLU вместо Swish.
en: ReLU in place of Swish.
"""

FAILS = ["convolution_module"]


class ConvolutionModule:
    def forward(self, x, valid=None, cache=None):
        x = functional.glu(self.gate(x), dim=-1)
        if valid is not None:
            x = x * valid[:, :, None]
        x = self.depthwise(x, cache)
        x = self.norm(x, valid) if isinstance(self.norm, StepBatchNorm) else self.norm(x)
        output = self.linear(functional.relu(x))
        return output
