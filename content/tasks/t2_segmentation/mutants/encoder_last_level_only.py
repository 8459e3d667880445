"""
ru: Отдан только последний уровень.
en: Only the last level is handed out.
"""

FAILS = ["encoder_levels"]


class VGG13Encoder:
    def forward(self, images):
        images = self.blocks[0](images)
        for block in self.blocks[1:]:
            images = block(self.pooling(images))
        return [images]
