"""
ru: Расстояния идут от меньших к большим.
en: Distances go from the smallest up.
"""

FAILS = ["distances_projected"]


class RelativeMultiHeadAttention:
    def project_distances(self, q_len, k_len):
        steps = torch.arange(1 - q_len, k_len, dtype=torch.float64)
        weight = self.position_proj.weight
        table = sinusoids(steps, self.d_model).to(weight.device, weight.dtype)
        heads = self.position_proj(table).view(len(steps), self.n_heads, self.d_head)
        return heads.permute(1, 2, 0)
