"""
ru: Короткий шум повторяется всегда с начала.
en: A short noise is always repeated from its start.
"""

FAILS = ["short_noise_repeated"]


def fit_length(noise, length, rng):
    if not len(noise):
        raise DataError("a noise needs at least 1 sample, got 0")
    if len(noise) >= length:
        start = int(rng.integers(len(noise) - length + 1))
        return noise[start : start + length]
    start = int(rng.integers(len(noise)))
    return np.resize(noise, length)
