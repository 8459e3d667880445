"""
ru: Оба блока получили вход слоя.
en: Both blocks get the input of the layer.
"""

FAILS = ["transformer_layer"]


def transformer_layer(x, attend, feed_forward, norm1, norm2, norm_first):
    if norm_first:
        return x + attend(norm1(x)) + feed_forward(norm2(x))
    return norm2(norm1(x + attend(x)) + feed_forward(x))
