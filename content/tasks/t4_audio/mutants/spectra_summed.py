"""
ru: Квадраты сложены, а не усреднены.
en: Squares are summed, not averaged.
"""

FAILS = ["spectra_compared"]


def spectral_distance(estimate, speech, framing=None):
    framing = Framing(512, 256) if framing is None else framing
    first, second = (_compressed(stft(waveform, framing)) for waveform in (estimate, speech))
    return (first - second).square().sum()
