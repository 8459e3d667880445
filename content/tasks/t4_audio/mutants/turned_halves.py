"""
ru: Пары — половины вектора, а не соседи.
en: Pairs are halves of the vector, not neighbours.
"""

FAILS = ["pairs_turned"]


def turned(x, steps, base=10000.0):
    exponents = torch.arange(0, x.shape[-1], 2, dtype=torch.float64) / x.shape[-1]
    angles = steps.double()[:, None] * base ** (-exponents)
    turns = torch.polar(torch.ones_like(angles), angles)
    pairs = torch.view_as_complex(x.unflatten(-1, (2, -1)).transpose(-1, -2).contiguous())
    return torch.view_as_real(pairs * turns.to(pairs)).transpose(-1, -2).flatten(-2)
