"""
ru: Модуль в степени 0,3 без сглаживания: градиент в тишине бесконечен.
en: Magnitude to the power of 0.3, not rounded: in silence the gradient is infinite.
"""

FAILS = ["spectra_compared"]


def spectral_distance(estimate, speech, framing=None):
    framing = Framing(512, 256) if framing is None else framing
    first, second = (stft(waveform, framing).abs() ** 0.3 for waveform in (estimate, speech))
    return (first - second).square().mean()
