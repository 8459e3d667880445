"""
ru: После последней свёртки стоит ReLU.
en: A ReLU follows the last convolution.
"""

import torch

FAILS = ["unet_logits"]


class UNet:
    def forward(self, images):
        *skips, features = self.encoder(images)
        for block, skip in zip(self.decoder, reversed(skips), strict=True):
            features = block(features, skip)
        return torch.relu(self.head(features))
