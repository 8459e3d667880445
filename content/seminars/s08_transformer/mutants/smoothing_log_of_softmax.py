"""
ru: Логарифм взят от готового softmax: у больших логитов это бесконечность.
en: The logarithm is taken of a finished softmax: of large logits it is infinite.
"""

FAILS = ["smoothed_cross_entropy"]


def smoothed_cross_entropy(logits, target, smoothing, padding):
    losses = -logits.softmax(dim=2).log()
    of_target = losses.gather(2, target[:, :, None])[:, :, 0]
    smoothed = (1 - smoothing) * of_target + smoothing * losses.mean(dim=2)
    return smoothed[target != padding].mean()
