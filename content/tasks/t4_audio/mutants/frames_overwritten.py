"""
ru: Кадр пишется поверх предыдущего, а не складывается с ним.
en: A frame overwrites the one before instead of being added to it.
"""

FAILS = ["frames_added"]


def _overlap_add(frames, hop):
    count, n_fft = frames.shape[-2:]
    time = (count - 1) * hop + n_fft
    added = frames.new_zeros(len(frames), time)
    for number in range(count):
        added[:, number * hop : number * hop + n_fft] = frames[:, number]
    return added
