"""
ru: Возвращены вероятности вместо логитов.
en: Probabilities are returned instead of logits.
"""

import torch

FAILS = ["linknet_logits"]


class LinkNet:
    def forward(self, images):
        *skips, features = self.encoder(images)
        for block, skip in zip(self.decoder, reversed(skips), strict=True):
            features = block(features, skip)
        return torch.sigmoid(self.head(features))
