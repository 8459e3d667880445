"""
ru: Знак расстояния перепутан.
en: The sign of the distance is wrong.
"""

FAILS = ["rows_skewed"]


def skew(by_distance, k_len):
    by_distance = by_distance.flip(-1).contiguous()
    _, heads, q_len, width = by_distance.shape
    return by_distance.as_strided(
        (*by_distance.shape[:3], k_len),
        (heads * q_len * width, q_len * width, width - 1, 1),
        by_distance.storage_offset() + q_len - 1,
    )
