"""
ru: Шум усиливается на месте: в наборе он теперь другой.
en: The noise is scaled in place: in its set it is another one now.
"""

FAILS = ["mixture_ratio"]


def mix(speech, noise, snr_db):
    gain = 10 ** ((snr(speech, noise) - snr_db) / 20)
    noise *= np.float32(gain)
    noisy = speech + noise
    return noisy
