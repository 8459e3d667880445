"""
ru: Дополнение считается токеном, который надо предсказать.
en: Padding counts as a token to be predicted.
"""

FAILS = ["loss_of_real_tokens"]


def masked_cross_entropy(logits, targets, pad):
    total = functional.cross_entropy(logits.flatten(0, -2), targets.flatten(), reduction="sum")
    return total / targets.numel()
