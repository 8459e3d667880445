"""
ru: Логарифм берётся от отношения норм, а множитель остался 10.
en: The logarithm is of the ratio of norms, while the factor is still 10.
"""

FAILS = ["mixture_ratio"]


def snr(speech, noise):
    if len(speech) != len(noise):
        raise DataError(
            f"speech and noise must have one length, got {len(speech)} and {len(noise)} samples; fit_length makes a noise fit"
        )
    energies = [float(np.sum(part.astype(np.float64) ** 2)) for part in (speech, noise)]
    for name, energy in zip(("speech", "noise"), energies, strict=True):
        if energy == 0:
            raise DataError(f"the {name} is silent: it has no signal-to-noise ratio; leave it out")
    return float(10 * np.log10((energies[0] / energies[1]) ** 0.5))
