"""
ru: Кадры не умножены на окно.
en: Frames are not windowed.
"""

FAILS = ["spectrum_values"]


def stft(waveform, framing):
    frames = framed(waveform, framing)
    spectrum = torch.fft.rfft(frames)
    return spectrum.transpose(-1, -2)
