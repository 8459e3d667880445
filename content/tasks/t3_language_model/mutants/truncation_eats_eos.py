"""
ru: Обрезка съедает <eos>.
en: Truncation eats <eos>.
"""

FAILS = ["truncation"]


def truncate(indices, max_length, eos=None):
    if max_length < 1:
        raise SettingError(f"max_length must be at least 1 token, got {max_length}")
    kept = list(indices[:max_length])
    return kept
