"""
ru: Длины не сравниваются: шум из одного отсчёта растягивается на всю речь.
en: Lengths are not compared: a noise of one sample is stretched over the speech.
"""

FAILS = ["silence_refused"]


def snr(speech, noise):
    energies = [float(np.sum(part.astype(np.float64) ** 2)) for part in (speech, noise)]
    for name, energy in zip(("speech", "noise"), energies, strict=True):
        if energy == 0:
            raise DataError(f"the {name} is silent: it has no signal-to-noise ratio; leave it out")
    return float(10 * np.log10(energies[0] / energies[1]))
