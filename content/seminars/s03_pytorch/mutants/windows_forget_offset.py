"""
ru: Окна отсчитаны от начала памяти, а не от начала сигнала.
en: The windows are counted from the start of the storage, not of the signal.
"""

FAILS = ["windows_of_a_column"]


def sliding_windows(signal, width, step=1):
    n_windows = (len(signal) - width) // step + 1
    stride = signal.stride(0)
    return signal.as_strided((n_windows, width), (step * stride, stride), 0)
