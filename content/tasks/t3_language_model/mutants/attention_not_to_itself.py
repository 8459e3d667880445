"""
ru: Шаг не видит сам себя.
en: A step doesn't see itself.
"""

FAILS = ["attention_weights"]


class CausalAttention:
    def forward(self, hidden, memory):
        values = torch.cat((memory, hidden), dim=1)
        n_new, n_before = hidden.shape[1], memory.shape[1]
        scores = self.query(hidden) @ values.transpose(1, 2) / math.sqrt(hidden.shape[2])
        future = torch.ones(n_new, values.shape[1], dtype=torch.bool, device=hidden.device)
        scores = scores.masked_fill(
            future.triu(n_before + 1)
            | (
                future.triu(n_before)
                & ~future.triu(n_before + 1)
                & (torch.arange(n_new) > 0)[:, None]
            ),
            -torch.inf,
        )
        weights = scores.softmax(dim=-1)
        context = weights @ values
        return self.mix(torch.cat((hidden, context), dim=-1)).tanh(), weights
