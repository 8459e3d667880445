"""
ru: Потеряно последнее окно: забыта единица в их числе.
en: The last window is lost: the one in their number is forgotten.
"""

FAILS = ["windows_values", "windows_of_a_column", "windows_share_memory"]


def sliding_windows(signal, width, step=1):
    n_windows = (len(signal) - width) // step
    stride = signal.stride(0)
    return signal.as_strided((n_windows, width), (step * stride, stride), signal.storage_offset())
