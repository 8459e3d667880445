"""
ru: Шаг видит будущее.
en: A step sees the future.
"""

FAILS = ["attention_weights"]


class CausalAttention:
    def forward(self, hidden, memory):
        values = torch.cat((memory, hidden), dim=1)
        n_new, n_before = hidden.shape[1], memory.shape[1]
        scores = self.query(hidden) @ values.transpose(1, 2) / math.sqrt(hidden.shape[2])
        future = torch.ones(n_new, values.shape[1], dtype=torch.bool, device=hidden.device)
        weights = scores.softmax(dim=-1)
        context = weights @ values
        return self.mix(torch.cat((hidden, context), dim=-1)).tanh(), weights
