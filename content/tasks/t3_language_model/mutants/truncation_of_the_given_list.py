"""
ru: Укорочен сам пришедший список.
en: The given list itself is shortened.
"""

FAILS = ["truncation"]


def truncate(indices, max_length, eos=None):
    if max_length < 1:
        raise SettingError(f"max_length must be at least 1 token, got {max_length}")
    kept = list(indices[:max_length])
    if len(indices) > max_length and eos is not None and indices[-1] == eos:
        kept[-1] = eos
    indices[:] = kept
    return kept
