"""
ru: В ответ идёт только взвешенная сумма, самого шага нет.
en: Only the weighted sum is mixed, without the step itself.
"""

FAILS = ["attention_mixture"]


class CausalAttention:
    def forward(self, hidden, memory):
        values = torch.cat((memory, hidden), dim=1)
        n_new, n_before = hidden.shape[1], memory.shape[1]
        scores = self.query(hidden) @ values.transpose(1, 2) / math.sqrt(hidden.shape[2])
        future = torch.ones(n_new, values.shape[1], dtype=torch.bool, device=hidden.device)
        scores = scores.masked_fill(future.triu(n_before + 1), -torch.inf)
        weights = scores.softmax(dim=-1)
        context = weights @ values
        return self.mix(torch.cat((context, context), dim=-1)).tanh(), weights
