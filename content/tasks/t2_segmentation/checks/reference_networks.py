"""The networks written down without modules: operations on tensors, weights by name.

Max pooling and repetition are done by reshaping, so that they don't share a rule of rounding with
torch's layers.
"""

import numpy as np
import torch
from torch.nn import functional

from .weights import drawn


class Reference:
    """Forward passes in float64 with the weights of a seed; `width` channels at the first level."""

    def __init__(self, seed, width):
        self.seed, self.width = seed, width

    def encoder(self, images, num_blocks, prefix="", *, batch_norm=False):
        """Return the levels, the finest first."""
        levels, features = [], torch.as_tensor(images)
        for block in range(num_blocks):
            features = pooled(features) if block else features
            channels = self.width * (1, 2, 4, 8, 8)[block]
            for layer in (0, 3) if batch_norm else (0, 2):
                name = f"{prefix}blocks.{block}.{layer}"
                features = self.convolved(features, name, channels, 3)
                if batch_norm:
                    features = self.normalised(features, f"{prefix}blocks.{block}.{layer + 1}")
                features = features.relu()
            levels.append(features)
        return levels

    def unet(self, images, num_blocks, num_classes):
        *skips, features = self.encoder(images, num_blocks, "encoder.")
        for block, skip in enumerate(reversed(skips)):
            features = self.unet_block(features, skip, f"decoder.{block}.")
        return self.convolved(features, "head", num_classes, 1)

    def unet_block(self, features, skip, prefix=""):
        height, width = skip.shape[-2:]
        channels = skip.shape[1]
        repeated = features.repeat_interleave(2, dim=-1).repeat_interleave(2, dim=-2)
        repeated = repeated[..., :height, :width]
        upsampled = self.convolved(repeated, f"{prefix}upsampling.convolution", channels, 3)
        features = torch.cat([skip, upsampled], dim=1)
        for layer in (0, 2):
            name = f"{prefix}convolutions.{layer}"
            features = self.convolved(features, name, channels, 3).relu()
        return features

    def linknet(self, images, num_blocks, num_classes):
        *skips, features = self.encoder(images, num_blocks, "encoder.")
        for block, skip in enumerate(reversed(skips)):
            features = self.linknet_block(features, skip, f"decoder.{block}.")
        features = self.convolved(features, "head.0", max(1, self.width // 2), 3).relu()
        return self.convolved(features, "head.2", num_classes, 1)

    def linknet_block(self, features, skip, prefix=""):
        squeezed = max(1, features.shape[1] // 4)
        features = self.convolved(features, f"{prefix}squeeze.0", squeezed, 1).relu()
        name = f"{prefix}upsampling.convolution"
        doubled = functional.conv_transpose2d(
            features, self[f"{name}.weight", (squeezed, squeezed, 3, 3)], stride=2
        )[..., 1:, 1:]
        doubled = functional.pad(doubled, (0, 1, 0, 1))[..., : skip.shape[-2], : skip.shape[-1]]
        doubled = (doubled + self[f"{name}.bias", (squeezed,)][:, None, None]).relu()
        return self.convolved(doubled, f"{prefix}widen.0", skip.shape[1], 1).relu() + skip

    def convolved(self, features, name, channels, size):
        weight = self[f"{name}.weight", (channels, features.shape[1], size, size)]
        bias = self[f"{name}.bias", (channels,)]
        return functional.conv2d(features, weight, bias, padding=size // 2)

    def normalised(self, features, name):
        channels = features.shape[1]
        spread, mean = torch.var_mean(features, dim=(0, 2, 3), correction=0, keepdim=True)
        weight, bias = (
            self[f"{name}.{kind}", (channels,)][:, None, None] for kind in ("weight", "bias")
        )
        return weight * (features - mean) * (spread + 1e-5).rsqrt() + bias

    def __getitem__(self, parameter):
        return torch.from_numpy(drawn(self.seed, *parameter))


def pooled(features):
    """Return the maxima of squares of 2 by 2; an odd row or column is a square of its own."""
    height, width = features.shape[-2:]
    padded = np.pad(
        features.numpy(), ((0, 0), (0, 0), (0, height % 2), (0, width % 2)), constant_values=-np.inf
    )
    squares = padded.reshape(*features.shape[:2], -(-height // 2), 2, -(-width // 2), 2)
    return torch.from_numpy(squares.max(axis=(3, 5)))
