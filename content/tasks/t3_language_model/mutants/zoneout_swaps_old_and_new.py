"""
ru: С вероятностью p берётся новое число, а не старое.
en: With probability p the new number is taken instead of the old one.
"""

FAILS = ["zoneout_choices"]


def zone_out(old, new, p, training, generator=None):
    if p == 0:
        return new
    if training:
        stays = draw_bernoulli(old, p, generator)
        return torch.where(stays, new, old)
    return p * old + (1 - p) * new
