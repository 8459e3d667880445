"""
ru: Сумма по настоящим токенам делится на число всех.
en: The sum over real tokens is divided by the number of all.
"""

FAILS = ["loss_of_real_tokens"]


def masked_cross_entropy(logits, targets, pad):
    total = functional.cross_entropy(
        logits.flatten(0, -2), targets.flatten(), ignore_index=pad, reduction="sum"
    )
    return total / targets.numel()
