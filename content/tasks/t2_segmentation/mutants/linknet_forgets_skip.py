"""
ru: Пропущенные признаки не прибавлены.
en: The skipped features are not added.
"""

FAILS = ["linknet_decoder_block"]


class LinkNetDecoderBlock:
    def forward(self, features, skip):
        return self.widen(self.upsampling(self.squeeze(features), skip.shape[-2:]))
