"""
ru: Пропущенные признаки положены вторыми.
en: The skipped features are laid second.
"""

import torch

FAILS = ["unet_decoder_block"]


class UNetDecoderBlock:
    def forward(self, features, skip):
        upsampled = self.upsampling(features, skip.shape[-2:])
        return self.convolutions(torch.cat((upsampled, skip), dim=1))
