"""
ru: Чем больше отношение, тем громче шум.
en: The higher the ratio, the louder the noise.
"""

FAILS = ["mixture_ratio"]


def mix(speech, noise, snr_db):
    gain = 10 ** ((snr_db - snr(speech, noise)) / 20)
    noisy = (speech + gain * noise.astype(np.float64)).astype(np.float32)
    return noisy
