"""
ru: При norm_first нормирован и обход.
en: With norm_first the way around is normalised too.
"""

FAILS = ["transformer_layer"]


def transformer_layer(x, attend, feed_forward, norm1, norm2, norm_first):
    for block, norm in ((attend, norm1), (feed_forward, norm2)):
        if norm_first:
            x = norm(x)
            x = x + block(x)
        else:
            x = norm(x + block(x))
    return x
