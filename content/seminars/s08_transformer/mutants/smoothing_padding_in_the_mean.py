"""
ru: Набивка обнулена, но посчитана в знаменателе.
en: Padding is zeroed but counted in the denominator.
"""

FAILS = ["smoothed_cross_entropy"]


def smoothed_cross_entropy(logits, target, smoothing, padding):
    losses = -logits.log_softmax(dim=2)
    of_target = losses.gather(2, target[:, :, None])[:, :, 0]
    smoothed = (1 - smoothing) * of_target + smoothing * losses.mean(dim=2)
    return (smoothed * (target != padding)).mean()
