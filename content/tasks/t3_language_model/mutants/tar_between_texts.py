"""
ru: Разность взята по батчу, а не по времени.
en: The difference is over the batch, not over time.
"""

FAILS = ["changes_penalised"]


def temporal_activation_penalty(output, real):
    both = real[:, 1:] & real[:, :-1]
    squares = (output[:, 1:] - output[:, :-1]).square().mean(dim=-1) * both
    return squares.sum() / both.sum().clamp_min(1)
