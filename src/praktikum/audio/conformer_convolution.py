"""The Conformer's convolution module: what is near in time, for each feature by itself.

Gulati et al., 2020, "Conformer: convolution-augmented Transformer for speech recognition", figure
2: a gated linear unit, a depthwise convolution along time, a normalisation, Swish, a linear layer.
The layer normalisation before it and the residual way around it stand in the block.

Padding changes nothing: it is zero for the convolution, as what lies beyond the ends is, and it is
left out of the statistics of the batch normalisation.
"""

from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from .errors import SettingError

__all__ = ["ConvolutionModule", "DepthwiseConvolution", "NormName", "StepBatchNorm", "StepCache"]

NormName = Literal["batch", "layer"]


class StepBatchNorm(nn.BatchNorm1d):
    """Batch normalisation of features over the steps of all sequences, padding left out."""

    def forward(
        self,
        x: Float[Tensor, "batch time features"],
        valid: Bool[Tensor, "batch time"] | None = None,
    ) -> Float[Tensor, "batch time features"]:
        """Return `x` normalised; steps that are not `valid` count for nothing.

        In training they are left out of mean and variance, running ones too, and become zeros.
        """
        if valid is None or not self.training:
            return super().forward(x.flatten(0, 1)).view_as(x)
        output = torch.zeros_like(x)
        output[valid] = super().forward(x[valid])
        return output


class StepCache:
    """The last `steps` steps before those that come, of a stream; at first they are zeros."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self._kept: Tensor | None = None

    def extend(
        self, x: Float[Tensor, "batch new features"]
    ) -> Float[Tensor, "batch steps_and_new features"]:
        """Return the kept steps and the new ones; keep the last of them for the next call."""
        if self._kept is None:
            self._kept = x.new_zeros(len(x), self.steps, x.shape[2])
        every = torch.cat((self._kept, x), dim=1)
        self._kept = every[:, every.shape[1] - self.steps :].detach()
        return every


class DepthwiseConvolution(nn.Module):
    """A convolution along time with a kernel of its own for each feature; the length stays.

    features:    of the input and the output
    kernel_size: steps, odd unless `causal`
    causal:      look at a step and those before it; otherwise as far to both sides

    Runs as a convolution of images one pixel wide with their channels last, which is how steps of
    features lie in memory: nothing is moved, and it takes a third of `conv1d`'s time on a CPU.

    Raises SettingError: an even kernel that is not causal, or one without steps.
    """

    def __init__(self, features: int, kernel_size: int, causal: bool = False) -> None:
        super().__init__()
        if kernel_size < 1 or not (causal or kernel_size % 2):
            raise SettingError(
                f"kernel_size={kernel_size} must be 1 or more, and odd to look as far to both sides"
            )
        self.before = kernel_size - 1 if causal else kernel_size // 2
        self.after = 0 if causal else self.before
        conv = nn.Conv1d(features, features, kernel_size, groups=features, bias=False)
        self.weight = conv.weight  # (features, 1, kernel_size)

    def forward(
        self, x: Float[Tensor, "batch time features"], cache: StepCache | None = None
    ) -> Float[Tensor, "batch time features"]:
        """Return the convolution: out[t] = Σₖ weight[:, 0, k] · x[t - before + k].

        Steps before the first are zeros, or those in the cache, which `cache.extend` puts in front
        of `x`: it keeps just as many as there are before. Steps after the last are zeros.
        """
        padding = self.after
        if cache is not None:
            x = cache.extend(x)
        elif self.before != self.after:
            x = functional.pad(x, (0, 0, self.before, 0))
        images = x.transpose(1, 2).unsqueeze(3)  # (batch, features, time, 1), channels last
        images = functional.conv2d(
            images, self.weight.unsqueeze(3), padding=(padding, 0), groups=images.shape[1]
        )
        return images.squeeze(3).transpose(1, 2)


class ConvolutionModule(nn.Module):
    """Gate, depthwise convolution, normalisation, Swish, linear layer.

    d_model:     features of the input and the output
    kernel_size: steps of the convolution
    causal:      look at nothing later
    norm:        ``batch``, the paper's, or ``layer``, of each step by itself
    """

    def __init__(
        self, d_model: int, kernel_size: int, causal: bool = False, norm: NormName = "batch"
    ) -> None:
        super().__init__()
        self.gate = nn.Linear(d_model, 2 * d_model, bias=False)
        self.depthwise = DepthwiseConvolution(d_model, kernel_size, causal)
        self.norm = StepBatchNorm(d_model) if norm == "batch" else nn.LayerNorm(d_model)
        self.linear = nn.Linear(d_model, d_model, bias=False)

    def forward(
        self,
        x: Float[Tensor, "batch time d_model"],
        valid: Bool[Tensor, "batch time"] | None = None,
        cache: StepCache | None = None,
    ) -> Float[Tensor, "batch time d_model"]:
        """Return what the module makes of the steps: figure 2 of the paper, from the gate on.

        The gate's second half, through a sigmoid, multiplies the first; then the depthwise
        convolution, the normalisation, Swish x · σ(x), and the linear layer. Padding is zero
        when the convolution looks at it, and the batch normalisation is told of it.

        valid: False at padding; None where there is none
        cache: what the convolution saw before, in a stream; of the causal module only
        """
        x = functional.glu(self.gate(x), dim=-1)
        if valid is not None:
            x = x * valid[:, :, None]
        x = self.depthwise(x, cache)
        x = self.norm(x, valid) if isinstance(self.norm, StepBatchNorm) else self.norm(x)
        output: Tensor = self.linear(functional.silu(x))
        return output
