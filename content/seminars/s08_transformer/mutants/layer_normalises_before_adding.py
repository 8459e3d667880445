"""
ru: При post-norm нормирован выход блока, а не сумма.
en: With post-norm the block's output is normalised and not the sum.
"""

FAILS = ["transformer_layer"]


def transformer_layer(x, attend, feed_forward, norm1, norm2, norm_first):
    for block, norm in ((attend, norm1), (feed_forward, norm2)):
        x = x + block(norm(x)) if norm_first else x + norm(block(x))
    return x
