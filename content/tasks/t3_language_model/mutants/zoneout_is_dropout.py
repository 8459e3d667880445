"""
ru: Новые числа обнуляются и увеличиваются, как в dropout.
en: New numbers are zeroed and scaled up, as in dropout.
"""

FAILS = ["zoneout_choices"]


def zone_out(old, new, p, training, generator=None):
    if p == 0:
        return new
    if training:
        stays = draw_bernoulli(old, p, generator)
        return new * ~stays / (1 - p)
    return p * old + (1 - p) * new
