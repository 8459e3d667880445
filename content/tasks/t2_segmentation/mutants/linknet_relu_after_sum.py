"""
ru: Сумма ещё раз пропущена через ReLU.
en: The sum goes through ReLU once more.
"""

import torch

FAILS = ["linknet_decoder_block"]


class LinkNetDecoderBlock:
    def forward(self, features, skip):
        upsampled = self.upsampling(self.squeeze(features), skip.shape[-2:])
        return torch.relu(self.widen(upsampled) + skip)
