"""
ru: <eos> появляется и там, где его не было.
en: <eos> appears where there was none.
"""

FAILS = ["truncation"]


def truncate(indices, max_length, eos=None):
    if max_length < 1:
        raise SettingError(f"max_length must be at least 1 token, got {max_length}")
    kept = list(indices[:max_length])
    if len(indices) > max_length and eos is not None:
        kept[-1] = eos
    return kept
