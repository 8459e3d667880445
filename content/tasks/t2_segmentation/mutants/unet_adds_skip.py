"""
ru: Пропущенные признаки прибавлены, как в LinkNet.
en: The skipped features are added, as in LinkNet.
"""

import torch

FAILS = ["unet_decoder_block"]


class UNetDecoderBlock:
    def forward(self, features, skip):
        upsampled = self.upsampling(features, skip.shape[-2:])
        return self.convolutions(torch.cat((skip + upsampled, upsampled), dim=1))
