"""
ru: С последнего места кусок никогда не начинается.
en: A part never begins at the last place.
"""

FAILS = ["long_noise_cut"]


def fit_length(noise, length, rng):
    if not len(noise):
        raise DataError("a noise needs at least 1 sample, got 0")
    if len(noise) >= length:
        start = int(rng.integers(max(1, len(noise) - length)))
        return noise[start : start + length]
    start = int(rng.integers(len(noise)))
    return np.resize(np.roll(noise, -start), length)
