"""
ru: Сглаживание роздано только неверным словам.
en: Smoothing is dealt out to the wrong words only.
"""

FAILS = ["smoothed_cross_entropy"]


def smoothed_cross_entropy(logits, target, smoothing, padding):
    losses = -logits.log_softmax(dim=2)
    of_target = losses.gather(2, target[:, :, None])[:, :, 0]
    others = (losses.sum(dim=2) - of_target) / (logits.shape[2] - 1)
    smoothed = (1 - smoothing) * of_target + smoothing * others
    return smoothed[target != padding].mean()
