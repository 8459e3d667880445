"""
ru: Кадры поставлены друг за другом, без перекрытия.
en: Frames are put one after the other, without overlap.
"""

FAILS = ["frames_added"]


def _overlap_add(frames, hop):
    count, n_fft = frames.shape[-2:]
    time = (count - 1) * hop + n_fft
    return frames.flatten(1)[:, :time]
