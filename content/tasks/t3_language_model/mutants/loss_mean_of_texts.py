"""
ru: Потери усреднены сначала по тексту, потом по текстам: короткие весят больше.
en: Losses are averaged over each text and then over texts: short ones weigh more.
"""

FAILS = ["loss_of_real_tokens"]


def masked_cross_entropy(logits, targets, pad):
    losses = functional.cross_entropy(
        logits.flatten(0, -2), targets.flatten(), ignore_index=pad, reduction="none"
    ).view_as(targets)
    return (losses.sum(dim=0) / (targets != pad).sum(dim=0).clamp_min(1)).mean()
