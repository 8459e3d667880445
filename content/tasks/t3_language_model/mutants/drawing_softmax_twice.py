"""
ru: Softmax взят дважды: распределение почти равномерно.
en: Softmax is taken twice: the distribution is nearly uniform.
"""

FAILS = ["drawn_tokens"]


def draw(logits, temperature=1.0, generator=None):
    if temperature <= 0:
        raise SettingError(f"temperature must be above 0, got {temperature}")
    probabilities = (logits / temperature).softmax(dim=-1).softmax(dim=-1)
    return torch.multinomial(probabilities, 1, generator=generator).squeeze(-1)
