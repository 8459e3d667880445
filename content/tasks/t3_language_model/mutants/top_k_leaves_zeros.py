"""
ru: Отброшенные логиты равны нулю: вероятность у таких токенов осталась.
en: The logits that go become zero: such tokens keep a probability.
"""

FAILS = ["top_k_logits"]


def top_k(logits, k):
    if k < 1:
        raise SettingError(f"k must be at least 1 token, got {k}")
    best, tokens = logits.topk(min(k, logits.shape[-1]), dim=-1)
    return torch.zeros_like(logits).scatter(-1, tokens, best)
