"""
ru: Расстояния в оценке нет.
en: Distance is not in the score.
"""

FAILS = ["relative_scores"]


class RelativeMultiHeadAttention:
    def attend(self, query, key, value, mask, causal, need_weights):
        batch, heads, q_len, d_head = query.shape
        k_len = key.shape[2]
        check_mask(mask, (batch, heads, q_len, k_len))
        if causal:
            mask = combine_masks(mask, causal_mask(q_len, k_len, device=query.device))
        scale = 1 / math.sqrt(d_head)
        by_content = (query + self.content_bias[:, None]) * scale
        by_distance = (query + self.position_bias[:, None]) * scale
        positions = self.project_distances(q_len, k_len)
        products = torch.bmm(by_distance.transpose(0, 1).flatten(1, 2), positions)
        products = products.view(heads, batch, q_len, -1)
        bias = skew(products, k_len).transpose(0, 1)
        dropout = self.dropout if self.training else 0.0
        return attend_heads(
            by_content, key, value, None, mask, dropout, self.generator, need_weights
        )
