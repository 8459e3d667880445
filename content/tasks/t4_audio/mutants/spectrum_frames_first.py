"""
ru: Кадры стоят перед частотами.
en: Frames stand before frequencies.
"""

FAILS = ["spectrum_values"]


def stft(waveform, framing):
    frames = framed(waveform, framing)
    spectrum = torch.fft.rfft(frames * framing.taper(waveform))
    return spectrum
