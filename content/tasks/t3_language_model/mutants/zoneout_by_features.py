"""
ru: Решение одно на весь батч.
en: One decision serves the whole batch.
"""

FAILS = ["zoneout_choices"]


def zone_out(old, new, p, training, generator=None):
    if p == 0:
        return new
    if training:
        stays = draw_bernoulli(old[:1], p, generator)
        return torch.where(stays, old, new)
    return p * old + (1 - p) * new
