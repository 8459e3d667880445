"""
ru: Квадраты признаков сложены, а не усреднены.
en: The squares of features are added up, not averaged.
"""

FAILS = ["activations_penalised"]


def activation_penalty(dropped, real):
    squares = dropped.square().sum(dim=-1) * real
    return squares.sum() / real.sum().clamp_min(1)
