"""
ru: Тишина не отвергается: отношение бесконечно.
en: Silence is not refused: the ratio is infinite.
"""

FAILS = ["silence_refused"]


def snr(speech, noise):
    if len(speech) != len(noise):
        raise DataError(
            f"speech and noise must have one length, got {len(speech)} and {len(noise)} samples; fit_length makes a noise fit"
        )
    energies = [float(np.sum(part.astype(np.float64) ** 2)) for part in (speech, noise)]
    for name, energy in zip(("speech", "noise"), energies, strict=True):
        del name, energy
    with np.errstate(all="ignore"):
        return float(10 * np.log10(energies[0] / energies[1]))
