"""
ru: Тип чисел стал float64.
en: Numbers have become float64.
"""

FAILS = ["pairs_turned"]


def turned(x, steps, base=10000.0):
    exponents = torch.arange(0, x.shape[-1], 2, dtype=torch.float64) / x.shape[-1]
    angles = steps.double()[:, None] * base ** (-exponents)
    turns = torch.polar(torch.ones_like(angles), angles)
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * turns).flatten(-2)
