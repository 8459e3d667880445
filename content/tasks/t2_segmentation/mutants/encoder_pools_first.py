"""
ru: Отданы признаки после пулинга.
en: What is handed out are features after pooling.
"""

FAILS = ["encoder_levels", "encoder_batch_norm"]


class VGG13Encoder:
    def forward(self, images):
        levels = []
        for block in self.blocks:
            images = self.pooling(block(images))
            levels.append(images)
        return levels
