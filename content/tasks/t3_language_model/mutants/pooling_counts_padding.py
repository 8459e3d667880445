"""
ru: Дополнение усредняется вместе с текстом.
en: Padding is averaged together with the text.
"""

FAILS = ["pooled_vectors"]


def mean_over_steps(steps, lengths):
    return steps.sum(dim=0) / lengths[:, None]
