"""
ru: Спектр поделён на корень из длины кадра.
en: The spectrum is divided by the root of the length of a frame.
"""

FAILS = ["spectrum_values"]


def stft(waveform, framing):
    frames = framed(waveform, framing)
    spectrum = torch.fft.rfft(frames * framing.taper(waveform), norm="ortho")
    return spectrum.transpose(-1, -2)
