"""What students get the speech out of: nonsense words of made-up voices, in noise at 0 to 10 dB.

The speech is computed from the secret and is nowhere else: a published recording could be found by
its sound, and the clean one be handed in.
"""

import numpy as np

from praktikum.data.formants import CONSONANTS, VOWELS, Speaker, say
from praktikum.data.mixing import mix
from praktikum.data.noises import NOISES, babble
from praktikum.data.unheard_noises import UNHEARD_NOISES
from praktikum.data.utterances import Utterance

SAMPLES = 30_000  # at 16 kHz: as files of 16 bits they stay below what an archive may hold
LEVEL = 0.1  # root mean square of a recording; full scale is 1


def someone(rng):
    """Return a voice of its own: pitch, length of the vocal tract, tempo."""
    tract = rng.uniform(0.95, 1.2)
    pitch = 95 + 135 * (tract - 0.95) / 0.25 + rng.uniform(-15, 15)  # shorter ones are higher
    return Speaker("someone", pitch, tract, rng.uniform(0.9, 1.15))


def spoken(rng):
    """Return speech that begins at once and lasts as long as it should, float32."""
    speaker, said = someone(rng), np.zeros(0, dtype=np.float32)
    while len(said) < SAMPLES:
        syllables = rng.choice(list(CONSONANTS), 4), rng.choice(list(VOWELS), 4)
        words = "".join(map("".join, zip(*syllables, strict=True)))
        said = np.concatenate([said, say(f"{words[:4]} {words[4:]} ", speaker, rng)])
    return said[:SAMPLES]


def crowd(length, rng):
    """Return the babble of six voices."""
    voices = [Utterance(spoken(rng), "", "", "") for _ in range(6)]
    return babble(length, rng, voices)


def mixture(rng):
    """Return a noisy recording and the speech in it, int16 (30000,): drawn from rng only."""
    kinds = [*NOISES.values(), *UNHEARD_NOISES.values(), crowd]
    speech, noise = spoken(rng), kinds[int(rng.integers(len(kinds)))](SAMPLES, rng)
    noisy = mix(speech, noise, rng.uniform(0, 10))
    gain = LEVEL / np.sqrt(np.mean(noisy**2)) * 32767
    return tuple(
        np.clip(np.rint(gain * each), -32768, 32767).astype(np.int16) for each in (noisy, speech)
    )
