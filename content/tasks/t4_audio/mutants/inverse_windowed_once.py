"""
ru: Кадры не умножены на окно ещё раз: сумма делится на сумму окон.
en: Frames are not windowed again: the sum is divided by that of the windows.
"""

FAILS = ["inverse_nearest"]


def istft(spectrum, framing, length):
    expected = (framing.bins, framing.frames(length))
    if tuple(spectrum.shape[-2:]) != expected:
        raise ShapeError(
            f"{length} samples have {expected[0]} frequencies × {expected[1]} frames, got {spectrum.shape[-2]} × {spectrum.shape[-1]}"
        )
    frames = torch.fft.irfft(spectrum.transpose(-1, -2), n=framing.n_fft)
    taper = framing.taper(frames)
    ours = slice(framing.n_fft // 2, framing.n_fft // 2 + length)
    cover = _overlap_add((taper).expand(1, expected[1], -1), framing.hop)[0, ours]
    if length and cover.min() < LEAST_COVER:
        raise SettingError(
            f"a {framing.window} window every {framing.hop} samples leaves samples uncovered; take a smaller hop"
        )
    added = _overlap_add((frames).reshape(-1, *frames.shape[-2:]), framing.hop)
    return (added[:, ours] / cover).reshape(*spectrum.shape[:-2], length)
