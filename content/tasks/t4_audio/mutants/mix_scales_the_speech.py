"""
ru: Меняется речь, а не шум.
en: The speech is scaled, not the noise.
"""

FAILS = ["mixture_ratio"]


def mix(speech, noise, snr_db):
    gain = 10 ** ((snr(speech, noise) - snr_db) / 20)
    noisy = (speech / gain + noise.astype(np.float64)).astype(np.float32)
    return noisy
