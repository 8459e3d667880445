"""
ru: Остаётся всё, что не меньше k-го: из равных — все.
en: All that reach the k-th are left: of equal ones, every one.
"""

FAILS = ["top_k_logits"]


def top_k(logits, k):
    if k < 1:
        raise SettingError(f"k must be at least 1 token, got {k}")
    best, tokens = logits.topk(min(k, logits.shape[-1]), dim=-1)
    return logits.masked_fill(logits < best[..., -1:], -torch.inf)
