"""
ru: Уровни идут с самого грубого.
en: The levels come coarsest first.
"""

FAILS = ["encoder_levels", "encoder_batch_norm"]


class VGG13Encoder:
    def forward(self, images):
        levels = [self.blocks[0](images)]
        for block in self.blocks[1:]:
            levels.insert(0, block(self.pooling(levels[0])))
        return levels
