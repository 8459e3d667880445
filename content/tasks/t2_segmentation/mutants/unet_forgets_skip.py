"""
ru: Вместо пропущенных признаков положены нули.
en: Zeros are laid where the skipped features belong.
"""

import torch

FAILS = ["unet_decoder_block"]


class UNetDecoderBlock:
    def forward(self, features, skip):
        upsampled = self.upsampling(features, skip.shape[-2:])
        return self.convolutions(torch.cat((torch.zeros_like(skip), upsampled), dim=1))
