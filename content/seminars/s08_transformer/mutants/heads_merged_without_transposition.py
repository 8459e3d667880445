"""
ru: Головы склеены без обратной перестановки осей.
en: Heads are merged without moving the axes back.
"""

from torch.nn import functional

FAILS = ["multi_head_attention"]


def multi_head_attention(
    query, memory, weight_query, weight_key, weight_value, weight_out, n_heads
):
    def split(x):
        return x.unflatten(2, (n_heads, -1)).transpose(1, 2)

    taken = functional.scaled_dot_product_attention(
        split(query @ weight_query.T), split(memory @ weight_key.T), split(memory @ weight_value.T)
    )
    return taken.reshape(query.shape) @ weight_out.T
