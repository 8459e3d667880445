"""
ru: Шаг сигнала в памяти считается равным единице.
en: The signal is taken to be contiguous: stride 1.
"""

FAILS = ["windows_of_a_column"]


def sliding_windows(signal, width, step=1):
    n_windows = (len(signal) - width) // step + 1
    return signal.as_strided((n_windows, width), (step, 1), signal.storage_offset())
