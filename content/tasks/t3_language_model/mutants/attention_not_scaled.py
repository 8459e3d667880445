"""
ru: Оценки не делятся на корень из числа признаков.
en: Scores are not divided by the root of the number of features.
"""

FAILS = ["attention_weights"]


class CausalAttention:
    def forward(self, hidden, memory):
        values = torch.cat((memory, hidden), dim=1)
        n_new, n_before = hidden.shape[1], memory.shape[1]
        scores = self.query(hidden) @ values.transpose(1, 2)
        future = torch.ones(n_new, values.shape[1], dtype=torch.bool, device=hidden.device)
        scores = scores.masked_fill(future.triu(n_before + 1), -torch.inf)
        weights = scores.softmax(dim=-1)
        context = weights @ values
        return self.mix(torch.cat((hidden, context), dim=-1)).tanh(), weights
