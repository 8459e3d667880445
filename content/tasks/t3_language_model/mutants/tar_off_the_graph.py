"""
ru: Предыдущий шаг оторван от графа.
en: The earlier step is cut off the graph.
"""

FAILS = ["penalties_gradient"]


def temporal_activation_penalty(output, real):
    both = real[1:] & real[:-1]
    squares = (output[1:] - output[:-1].detach()).square().mean(dim=-1) * both
    return squares.sum() / both.sum().clamp_min(1)
