"""
ru: Логиты изменены на месте.
en: The logits are changed in place.
"""

FAILS = ["top_k_logits"]


def top_k(logits, k):
    if k < 1:
        raise SettingError(f"k must be at least 1 token, got {k}")
    best, tokens = logits.topk(min(k, logits.shape[-1]), dim=-1)
    return logits.fill_(-torch.inf).scatter_(-1, tokens, best)
