"""
ru: Сигнал взят вместе с дополнением перед ним.
en: The signal is taken with the padding before it.
"""

FAILS = ["inverse_exact"]


def istft(spectrum, framing, length):
    expected = (framing.bins, framing.frames(length))
    if tuple(spectrum.shape[-2:]) != expected:
        raise ShapeError(
            f"{length} samples have {expected[0]} frequencies × {expected[1]} frames, got {spectrum.shape[-2]} × {spectrum.shape[-1]}"
        )
    frames = torch.fft.irfft(spectrum.transpose(-1, -2), n=framing.n_fft)
    taper = framing.taper(frames)
    ours = slice(0, length)
    cover = _overlap_add((taper**2).expand(1, expected[1], -1), framing.hop)[0, ours]
    if length and cover.min() < LEAST_COVER:
        raise SettingError(
            f"a {framing.window} window every {framing.hop} samples leaves samples uncovered; take a smaller hop"
        )
    added = _overlap_add((frames * taper).reshape(-1, *frames.shape[-2:]), framing.hop)
    return (added[:, ours] / cover).reshape(*spectrum.shape[:-2], length)
