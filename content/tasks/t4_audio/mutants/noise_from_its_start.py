"""
ru: Берётся всегда начало шума.
en: The beginning of the noise is always taken.
"""

FAILS = ["long_noise_cut"]


def fit_length(noise, length, rng):
    if not len(noise):
        raise DataError("a noise needs at least 1 sample, got 0")
    if len(noise) >= length:
        start = 0
        return noise[start : start + length]
    start = int(rng.integers(len(noise)))
    return np.resize(np.roll(noise, -start), length)
