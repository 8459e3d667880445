"""
ru: У расстояния нет знака: прошлое не отличить от будущего.
en: A distance has no sign: the past cannot be told from the future.
"""

FAILS = ["distances_projected"]


class RelativeMultiHeadAttention:
    def project_distances(self, q_len, k_len):
        steps = torch.arange(k_len - 1, -q_len, -1, dtype=torch.float64)
        weight = self.position_proj.weight
        table = sinusoids(steps.abs(), self.d_model).to(weight.device, weight.dtype)
        heads = self.position_proj(table).view(len(steps), self.n_heads, self.d_head)
        return heads.permute(1, 2, 0)
