"""
ru: Числа головы взяты через одно, а не подряд.
en: The numbers of a head are taken in turn, not in a row.
"""

FAILS = ["distances_projected"]


class RelativeMultiHeadAttention:
    def project_distances(self, q_len, k_len):
        steps = torch.arange(k_len - 1, -q_len, -1, dtype=torch.float64)
        weight = self.position_proj.weight
        table = sinusoids(steps, self.d_model).to(weight.device, weight.dtype)
        heads = self.position_proj(table).view(len(steps), self.d_head, self.n_heads)
        return heads.permute(2, 1, 0)
