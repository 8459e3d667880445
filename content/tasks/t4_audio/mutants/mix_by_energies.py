"""
ru: Отношение энергий принято за отношение амплитуд.
en: A ratio of energies is taken for one of amplitudes.
"""

FAILS = ["mixture_ratio"]


def mix(speech, noise, snr_db):
    gain = 10 ** ((snr(speech, noise) - snr_db) / 10)
    noisy = (speech + gain * noise.astype(np.float64)).astype(np.float32)
    return noisy
