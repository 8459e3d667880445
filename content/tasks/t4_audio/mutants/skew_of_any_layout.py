"""
ru: Память читается так, будто тензор всегда лежит подряд.
en: Memory is read as if the tensor always lay in a row.
"""

FAILS = ["rows_skewed"]


def skew(by_distance, k_len):
    by_distance = by_distance
    _, heads, q_len, width = by_distance.shape
    return by_distance.as_strided(
        (*by_distance.shape[:3], k_len),
        (heads * q_len * width, q_len * width, width - 1, 1),
        by_distance.storage_offset() + q_len - 1,
    )
