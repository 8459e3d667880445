"""
ru: Голове достались числа через одно: h, h + heads, …
en: A head gets every so-manyth number: h, h + heads, ….
"""

from torch.nn import functional

FAILS = ["multi_head_attention"]


def multi_head_attention(
    query, memory, weight_query, weight_key, weight_value, weight_out, n_heads
):
    def split(x):
        return x.unflatten(2, (-1, n_heads)).permute(0, 3, 1, 2)

    taken = functional.scaled_dot_product_attention(
        split(query @ weight_query.T), split(memory @ weight_key.T), split(memory @ weight_value.T)
    )
    return taken.transpose(1, 2).flatten(2) @ weight_out.T
