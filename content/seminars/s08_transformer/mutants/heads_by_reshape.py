"""
ru: Головы получены одним reshape: в голову попали куски времени.
en: Heads come from a single reshape: a head holds pieces of time.
"""

from torch.nn import functional

FAILS = ["multi_head_attention"]


def multi_head_attention(
    query, memory, weight_query, weight_key, weight_value, weight_out, n_heads
):
    def split(x):
        return x.reshape(len(x), n_heads, x.shape[1], -1)

    taken = functional.scaled_dot_product_attention(
        split(query @ weight_query.T), split(memory @ weight_key.T), split(memory @ weight_value.T)
    )
    return taken.transpose(1, 2).flatten(2) @ weight_out.T
