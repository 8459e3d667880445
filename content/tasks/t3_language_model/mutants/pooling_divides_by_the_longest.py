"""
ru: Сумма делится на длину самого длинного текста.
en: The sum is divided by the length of the longest text.
"""

FAILS = ["pooled_vectors"]


def mean_over_steps(steps, lengths):
    mask = mask_of_lengths(lengths, len(steps)).to(steps)
    return (steps * mask[:, :, None]).mean(dim=0)
