"""Checks of mixing.

The oracles: what a mixture holds beside the speech, and its energy; numbered noises, of which each
sample says where it was.
"""

import numpy as np

from praktikum.checks import check, close, equal
from praktikum.data.errors import DataError


def sounds(rng, length=4000):
    """Return speech and noise of unlike levels, float32, and a ratio in dB."""
    speech = rng.normal(scale=rng.uniform(0.02, 0.2), size=length).astype(np.float32)
    noise = rng.normal(scale=rng.uniform(0.001, 1), size=length).astype(np.float32)
    return speech, noise, float(rng.uniform(-5, 15))


def refused(function, *arguments):
    """Return whether a call ends with DataError."""
    try:
        function(*arguments)
    except DataError:
        return True
    return False


@check(part="data", points="0.4")
def mixture_ratio(sub, rng):
    """
    ru: В смеси речь такая, какой была, а отношение её энергии к энергии шума — какое просили.
    en: A mixture has the speech as it was, and the ratio of energies that was asked for.
    hint ru: Амплитуда или энергия: 10 или 20 в показателе? Что меняется, речь или шум?
    hint en: Amplitude or energy: is 10 in the exponent, or 20? What is scaled, speech or noise?
    """
    speech, noise, ratio = sounds(rng)
    kept = noise.copy()
    noisy = sub.mix(speech, noise, ratio)
    return {
        "ratio of the parts": sub.snr(speech, noise),
        "mixture": noisy,
        "dtype": str(noisy.dtype),
        "the noise itself is as it was": bool((noise == kept).all()),
    }


@mixture_ratio.expects
def _(rng):
    speech, noise, ratio = sounds(rng)
    speech, noise = speech.astype(np.float64), noise.astype(np.float64)
    level = np.linalg.norm(speech) / np.linalg.norm(noise)  # of amplitudes
    mixture = speech + noise * level * 10 ** (-ratio / 20)
    return {
        "ratio of the parts": close(20 * np.log10(level), rtol=1e-5),
        "mixture": close(mixture, rtol=1e-4, atol=1e-5),
        "dtype": equal("float32"),
        "the noise itself is as it was": equal(True),
    }


@check(part="data", points="0.1", needs=["mixture_ratio"])
def silence_refused(sub, rng):
    """
    ru: Тишину и шум другой длины смешать нельзя: DataError.
    en: Silence, and noise of another length, can't be mixed: DataError.
    """
    speech, noise, ratio = sounds(rng)
    silence = np.zeros_like(speech)
    return {
        "silent noise": refused(sub.mix, speech, silence, ratio),
        "silent speech": refused(sub.mix, silence, noise, ratio),
        "shorter noise": refused(sub.mix, speech, noise[1:], ratio),
        "a noise of one sample": refused(sub.mix, speech, noise[:1], ratio),
        "speech and noise": refused(sub.mix, speech, noise, ratio),
    }


@silence_refused.expects
def _(rng):
    del rng
    return {
        "silent noise": equal(True),
        "silent speech": equal(True),
        "shorter noise": equal(True),
        "a noise of one sample": equal(True),
        "speech and noise": equal(False),
    }


def numbered(length):
    return np.arange(length, dtype=np.float32)


@check(part="data", points="0.25")
def long_noise_cut(sub, rng):
    """
    ru: От длинного шума остаётся кусок подряд; он начинается где угодно, до последнего места.
    en: Of a long noise a part is left as it is; it begins anywhere, up to the last place.
    hint ru: Сколько мест, где кусок может начаться? Входит ли правая граница в integers?
    hint en: How many places are there for a part to begin? Does integers include its right end?
    """
    parts = [sub.fit_length(numbered(9), 6, rng) for _ in range(400)]
    starts = [int(part[0]) for part in parts]
    whole = sub.fit_length(numbered(7), 7, rng)
    return {
        "part from its start on": np.array(parts) - np.array(starts)[:, None],
        "places where it began": sorted(set(starts)),
        "as long as it should be": whole,
        "of nothing": refused(sub.fit_length, numbered(0), 3, rng),
    }


@long_noise_cut.expects
def _(rng):
    del rng
    return {
        "part from its start on": equal(np.tile(numbered(6), (400, 1))),
        "places where it began": equal([0, 1, 2, 3]),
        "as long as it should be": equal(numbered(7)),
        "of nothing": equal(True),
    }


@check(part="data", points="0.25")
def short_noise_repeated(sub, rng):
    """
    ru: Короткий шум повторяется по кругу и начинается где угодно.
    en: A short noise is repeated in a circle, and begins anywhere.
    hint ru: Где на повторах шов? После последнего отсчёта шума идёт его первый.
    hint en: Where is the seam? The noise's last sample is followed by its first.
    """
    repeated = [sub.fit_length(numbered(5), 13, rng) for _ in range(300)]
    starts = [int(each[0]) for each in repeated]
    return {
        "step from sample to sample": np.diff(np.array(repeated)) % 5,
        "places where it began": sorted(set(starts)),
    }


@short_noise_repeated.expects
def _(rng):
    del rng
    return {
        "step from sample to sample": equal(np.ones((300, 12))),
        "places where it began": equal([0, 1, 2, 3, 4]),
    }
