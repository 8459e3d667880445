"""
ru: Сравниваются сами спектры, с фазой.
en: Spectra themselves are compared, with their phases.
"""

FAILS = ["spectra_compared"]


def spectral_distance(estimate, speech, framing=None):
    framing = Framing(512, 256) if framing is None else framing
    first, second = (torch.view_as_real(stft(waveform, framing)) for waveform in (estimate, speech))
    return (first - second).square().mean()
