"""
ru: Кодировщик вызван под no_grad: он не обучается.
en: The encoder is called under no_grad: it does not train.
"""

import torch

FAILS = ["unet_learns"]


class UNet:
    def forward(self, images):
        with torch.no_grad():
            *skips, features = self.encoder(images)
        for block, skip in zip(self.decoder, reversed(skips), strict=True):
            features = block(features, skip)
        return self.head(features)
