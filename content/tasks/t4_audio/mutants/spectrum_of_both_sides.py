"""
ru: Отрицательные частоты тоже остались.
en: Negative frequencies are there, too.
"""

FAILS = ["spectrum_values"]


def stft(waveform, framing):
    frames = framed(waveform, framing)
    spectrum = torch.fft.fft(frames * framing.taper(waveform))
    return spectrum.transpose(-1, -2)
