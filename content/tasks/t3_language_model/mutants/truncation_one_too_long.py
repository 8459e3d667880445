"""
ru: С <eos> текст длиннее на один токен.
en: With <eos> the text is one token too long.
"""

FAILS = ["truncation"]


def truncate(indices, max_length, eos=None):
    if max_length < 1:
        raise SettingError(f"max_length must be at least 1 token, got {max_length}")
    kept = list(indices[:max_length])
    if len(indices) > max_length and eos is not None and indices[-1] == eos:
        kept.append(eos)
    return kept
