"""
ru: Ключи не повёрнуты.
en: Keys are not turned.
"""

FAILS = ["rotary_attention"]


class RotaryAttention:
    def attend(self, query, key, value, mask, causal, need_weights):
        steps = torch.arange(key.shape[2])
        query = turned(query, steps[key.shape[2] - query.shape[2] :])
        return super().attend(query, key, value, mask, causal, need_weights)
