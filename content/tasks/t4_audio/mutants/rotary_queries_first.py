"""
ru: Запросы приняты за первые шаги, а не за последние.
en: The queries are taken for the first steps, not the last.
"""

FAILS = ["rotary_memory"]


class RotaryAttention:
    def attend(self, query, key, value, mask, causal, need_weights):
        steps = torch.arange(key.shape[2])
        query = turned(query, steps[: query.shape[2]])
        return super().attend(query, turned(key, steps), value, mask, causal, need_weights)
