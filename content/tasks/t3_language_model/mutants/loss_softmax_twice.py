"""
ru: Softmax взят дважды.
en: Softmax is taken twice.
"""

FAILS = ["loss_of_real_tokens"]


def masked_cross_entropy(logits, targets, pad):
    total = functional.cross_entropy(
        logits.softmax(dim=-1).flatten(0, -2), targets.flatten(), ignore_index=pad, reduction="sum"
    )
    return total / max(n_tokens(targets, pad), 1)
