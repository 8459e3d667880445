"""Speech that is computed: nonsense words of eight made-up speakers, with exact transcripts.

For machines where no recorded speech is installed, and for tests: no file is read. A letter is a
sound. Vowels are a buzz sent through resonators at the formants that Peterson and Barney, 1952,
measured; m, n and l are the same, weaker; s and f are noise about a frequency, p, t and k a pause
and a burst (the source and filter model of Klatt, 1980, "Software for a cascade/parallel formant
synthesizer", with three resonators in a row). What is left out: sounds that glide into each other,
stress, and anything that would make it pleasant.

Speakers differ in pitch, in the length of the vocal tract, which scales all formants, and in
tempo. Two of them speak in the test part alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from jaxtyping import Float, Float32
from scipy.signal import lfilter

from .utterances import SPEECH_RATE, SpeechSplits, Utterance

__all__ = ["FORMANT_SPEAKERS", "FormantSpeech", "Speaker", "formants", "say"]

VOICED = {
    "a": (730, 1090, 2440),
    "e": (530, 1840, 2480),
    "i": (270, 2290, 3010),
    "o": (570, 840, 2410),
    "u": (300, 870, 2240),
    "m": (250, 1000, 2200),
    "n": (250, 1450, 2500),
    "l": (360, 1200, 2700),
}  # Hz, the first three formants
HISS = {"s": 5500.0, "f": 3200.0}  # Hz, the middle of the noise
BURST = {"p": 800.0, "t": 4200.0, "k": 1900.0}  # Hz, the middle of the burst after the pause
BANDWIDTHS = (70.0, 100.0, 150.0)  # Hz
CONSONANTS, VOWELS = "mnlsfptk", "aeiou"

SECONDS = {"vowel": 0.13, "sonorant": 0.08, "hiss": 0.10, "stop": 0.09, "pause": 0.10}
FADE = 0.012  # seconds at either end of a sound
LEVEL = {"vowel": 0.12, "sonorant": 0.06, "hiss": 0.03, "burst": 0.06}  # root mean squares


@dataclass(frozen=True)
class Speaker:
    """A made-up speaker.

    Attributes:
        name: what the speaker is called
        pitch: of the voice, Hz
        tract: by how much all formants are higher than a man's; a woman's are by about 1.17
        tempo: how fast the speaker is, 1 is usual
    """

    name: str
    pitch: float
    tract: float
    tempo: float


FORMANT_SPEAKERS = (
    Speaker("Ada", 210.0, 1.17, 1.0),
    Speaker("Boris", 105.0, 1.0, 0.95),
    Speaker("Chen", 125.0, 1.03, 1.15),
    Speaker("Dora", 190.0, 1.12, 0.9),
    Speaker("Emil", 95.0, 0.96, 1.05),
    Speaker("Fatima", 230.0, 1.2, 1.1),
    Speaker("Goran", 115.0, 0.99, 1.1),  # this one and the next are heard in the test part alone
    Speaker("Hana", 220.0, 1.15, 1.0),
)
HELD_OUT = 2


class FormantSpeech(Sequence[Utterance]):
    """Sentences, each spoken by the next of the speakers when it is asked for (10 ms a second).

    sentences: words of CONSONANTS and VOWELS, with spaces between them
    speakers: who take turns
    seed: of all that is random in a voice; the same seed gives the same samples
    """

    def __init__(
        self, sentences: Sequence[str], speakers: Sequence[Speaker], seed: int = 0
    ) -> None:
        """Keep what was given."""
        self.sentences = tuple(sentences)
        self.speakers = tuple(speakers)
        self.seed = seed

    def __len__(self) -> int:
        """Return the number of sentences."""
        return len(self.sentences)

    @overload
    def __getitem__(self, index: int) -> Utterance: ...
    @overload
    def __getitem__(self, index: slice) -> list[Utterance]: ...
    def __getitem__(self, index: int | slice) -> Utterance | list[Utterance]:
        """Return the sentence of this number, spoken."""
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        number = range(len(self))[index]  # counts from the end, raises IndexError
        sentence, speaker = self.sentences[number], self.speakers[number % len(self.speakers)]
        samples = say(sentence, speaker, np.random.default_rng((self.seed, number)))
        return Utterance(samples, sentence, speaker.name, f"{speaker.name.lower()}-{number:04}")


def formants(sentences: int = 600, seed: int = 0) -> SpeechSplits:
    """Return sentences of two to five words, all different: 0.8 to train on, 0.1 to each other use.

    The test part is spoken by two speakers that the other two parts do not have.
    """
    rng = np.random.default_rng(seed)
    said: dict[str, None] = {}  # ordered, none twice
    while len(said) < sentences:
        words = ("".join(_syllables(rng)) for _ in range(rng.integers(2, 6)))
        said[" ".join(words)] = None
    texts, tenth = list(said), sentences // 10
    heard, held_out = FORMANT_SPEAKERS[:-HELD_OUT], FORMANT_SPEAKERS[-HELD_OUT:]
    return SpeechSplits(
        train=FormantSpeech(texts[2 * tenth :], heard, seed),
        valid=FormantSpeech(texts[tenth : 2 * tenth], heard, seed + 1),
        test=FormantSpeech(texts[:tenth], held_out, seed + 2),
        source="synthetic: nonsense words from a formant synthesiser, not recorded speech",
        licence="none needed",
    )


def say(text: str, speaker: Speaker, rng: np.random.Generator) -> Float32[np.ndarray, " time"]:
    """Return `text` spoken, with a pause before, after and between its words.

    Raises ValueError for a letter that has no sound here.
    """
    unknown = set(text) - set(CONSONANTS + VOWELS + " ")
    if unknown:
        raise ValueError(f"only {CONSONANTS + VOWELS} and spaces are spoken, got {sorted(unknown)}")
    padded = f" {text} "
    falling = np.linspace(1.08, 0.88, len(padded))  # pitch falls over a sentence
    sounds = [
        _sound(letter, speaker, speaker.pitch * fall * rng.normal(1, 0.02), rng)
        for letter, fall in zip(padded, falling, strict=True)
    ]
    return np.concatenate(sounds).astype(np.float32)


def _sound(
    letter: str, speaker: Speaker, pitch: float, rng: np.random.Generator
) -> Float[np.ndarray, " time"]:
    """One letter's sound, faded at both ends."""
    if letter == " ":
        return np.zeros(_length("pause", speaker, rng))
    if letter in VOICED:
        kind = "vowel" if letter in VOWELS else "sonorant"
        length = _length(kind, speaker, rng)
        sound = _buzz(length, pitch, rng)
        for formant, width in zip(VOICED[letter], BANDWIDTHS, strict=True):
            sound = _resonate(sound, formant * speaker.tract, width)
        return _faded(sound, LEVEL[kind])
    if letter in HISS:
        noise = rng.standard_normal(_length("hiss", speaker, rng))
        return _faded(_resonate(noise, HISS[letter] * speaker.tract, 1500.0), LEVEL["hiss"])
    length = _length("stop", speaker, rng)
    burst = _resonate(rng.standard_normal(length // 3), BURST[letter] * speaker.tract, 500.0)
    return np.concatenate([np.zeros(length - length // 3), _faded(burst, LEVEL["burst"])])


def _length(kind: str, speaker: Speaker, rng: np.random.Generator) -> int:
    """How many samples a sound of this kind lasts this time."""
    return int(SECONDS[kind] / speaker.tempo * rng.uniform(0.85, 1.2) * SPEECH_RATE)


def _buzz(length: int, pitch: float, rng: np.random.Generator) -> Float[np.ndarray, " time"]:
    """What vocal cords give: pulses, the higher frequencies 12 dB an octave weaker, with breath."""
    turns = pitch * np.arange(length) / SPEECH_RATE + rng.random()
    pulses = np.diff(np.floor(turns), prepend=0.0)
    breath = 0.02 * rng.standard_normal(length)
    buzz: np.ndarray = lfilter([1.0, -1.0], [1.0, -1.8, 0.81], pulses + breath)  # no DC
    return buzz


def _resonate(
    sound: Float[np.ndarray, " time"], frequency: float, width: float
) -> Float[np.ndarray, " time"]:
    """The sound after a resonator, Klatt's equation (1): unit gain at 0 Hz."""
    radius = np.exp(-np.pi * width / SPEECH_RATE)
    b = 2 * radius * np.cos(2 * np.pi * frequency / SPEECH_RATE)
    c = -(radius**2)
    resonant: np.ndarray = lfilter([1 - b - c], [1.0, -b, -c], sound)
    return resonant


def _faded(sound: Float[np.ndarray, " time"], level: float) -> Float[np.ndarray, " time"]:
    """The sound at this root mean square, rising from silence and falling to it."""
    fade = min(int(FADE * SPEECH_RATE), len(sound) // 2)
    slope = np.linspace(0, 1, fade, endpoint=False)
    envelope = np.concatenate([slope, np.ones(len(sound) - 2 * fade), slope[::-1]])
    faded: np.ndarray = sound * envelope * (level / np.sqrt(np.mean(sound**2)))
    return faded


def _syllables(rng: np.random.Generator) -> list[str]:
    """One to three syllables, each a consonant and a vowel."""
    count = int(rng.integers(1, 4))
    return [rng.choice(list(CONSONANTS)) + rng.choice(list(VOWELS)) for _ in range(count)]
