"""
ru: Температура делит вероятности: это ничего не меняет.
en: Temperature divides probabilities, which changes nothing.
"""

FAILS = ["drawn_tokens"]


def draw(logits, temperature=1.0, generator=None):
    if temperature <= 0:
        raise SettingError(f"temperature must be above 0, got {temperature}")
    probabilities = logits.softmax(dim=-1) / temperature
    return torch.multinomial(probabilities, 1, generator=generator).squeeze(-1)
