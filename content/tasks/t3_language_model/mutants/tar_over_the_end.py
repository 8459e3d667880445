"""
ru: Переход от последнего слова к дополнению считается изменением.
en: Going from the last word to padding counts as a change.
"""

FAILS = ["changes_penalised"]


def temporal_activation_penalty(output, real):
    both = real[:-1]
    squares = (output[1:] - output[:-1]).square().mean(dim=-1) * both
    return squares.sum() / both.sum().clamp_min(1)
