"""
ru: Модули не сжаты.
en: Magnitudes are not compressed.
"""

FAILS = ["spectra_compared"]


def spectral_distance(estimate, speech, framing=None):
    framing = Framing(512, 256) if framing is None else framing
    first, second = (stft(waveform, framing).abs() for waveform in (estimate, speech))
    return (first - second).square().mean()
