"""
ru: При применении берётся новое число, как в обычной LSTM.
en: In evaluation the new number is taken, as in a plain LSTM.
"""

FAILS = ["zoneout_expectation"]


def zone_out(old, new, p, training, generator=None):
    if p == 0:
        return new
    if training:
        stays = draw_bernoulli(old, p, generator)
        return torch.where(stays, old, new)
    return new
