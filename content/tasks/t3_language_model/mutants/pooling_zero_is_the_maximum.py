"""
ru: Дополнение заменено нулями: максимум отрицательных чисел — ноль.
en: Padding is replaced by zeros: the maximum of negative numbers is zero.
"""

FAILS = ["pooled_vectors"]


def max_over_steps(steps, lengths):
    mask = mask_of_lengths(lengths, len(steps)).to(steps)
    return (steps * mask[:, :, None]).amax(dim=0)
