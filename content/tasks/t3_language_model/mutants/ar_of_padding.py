"""
ru: В штраф входит дополнение.
en: Padding is penalised too.
"""

FAILS = ["activations_penalised"]


def activation_penalty(dropped, real):
    squares = dropped.square().mean(dim=-1)
    return squares.sum() / real.numel()
