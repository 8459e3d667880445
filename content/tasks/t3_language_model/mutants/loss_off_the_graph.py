"""
ru: Потери собраны в новый тензор: градиента нет.
en: The loss is put into a new tensor: there is no gradient.
"""

FAILS = ["loss_gradient"]


def masked_cross_entropy(logits, targets, pad):
    total = functional.cross_entropy(
        logits.flatten(0, -2), targets.flatten(), ignore_index=pad, reduction="sum"
    )
    return torch.tensor(total.item() / max(n_tokens(targets, pad), 1), dtype=logits.dtype)
