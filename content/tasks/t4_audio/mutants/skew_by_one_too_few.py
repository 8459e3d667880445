"""
ru: Расстояние меньше на единицу.
en: The distance is one too small.
"""

FAILS = ["rows_skewed"]


def skew(by_distance, k_len):
    by_distance = by_distance.contiguous()
    _, heads, q_len, width = by_distance.shape
    return (
        functional.pad(by_distance, (0, 1))[..., 1:]
        .contiguous()
        .as_strided(
            (*by_distance.shape[:3], k_len),
            (heads * q_len * width, q_len * width, width - 1, 1),
            by_distance.storage_offset() + q_len - 1,
        )
    )
