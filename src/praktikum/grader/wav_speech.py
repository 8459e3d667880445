"""Speech out of the bytes of a WAV file from an untrusted place.

Read by the standard library alone. What it must be is known beforehand: the header is compared
before samples are read, and no more are read than were asked for.
"""

from __future__ import annotations

import io
import wave

import numpy as np

from praktikum.checks import Text
from praktikum.course.given_mixtures import RATE
from praktikum.grader.faulty_prediction import FaultyPrediction

__all__ = ["read_speech"]


def read_speech(content: bytes, size: tuple[int, ...]) -> np.ndarray:
    """Return 16-bit samples (time,), ``size`` of them.

    Raises:
        FaultyPrediction: it is no WAV file, or not one of this length, of 16 bits, with one channel
            at 16 kHz.
    """
    try:
        with wave.open(io.BytesIO(content), "rb") as file:
            form = file.getnchannels(), file.getsampwidth(), file.getframerate()
            length = file.getnframes()
            if form == (1, 2, RATE) and (length,) == size:
                samples = np.frombuffer(file.readframes(length), "<i2")
    except Exception:  # whatever the parser raises at foreign bytes, they are to blame
        raise FaultyPrediction(_NO_WAV) from None
    if form != (1, 2, RATE):
        channels, width, rate = form
        raise FaultyPrediction(_FORM.format(channels=channels, bits=8 * width, rate=rate))
    if (length,) != size or samples.shape != size:
        raise FaultyPrediction(_LENGTH.format(got=length, wanted=size[0]))
    return samples


_NO_WAV = Text(ru="это не WAV из целых чисел", en="not a WAV file of whole numbers")
_FORM = Text(
    ru="нужен один канал, 16 бит, 16000 Гц; здесь каналов {channels}, бит {bits}, {rate} Гц",
    en="one channel of 16 bits at 16000 Hz is wanted; channels {channels}, bits {bits}, {rate} Hz",
)
_LENGTH = Text(ru="отсчётов {got}, а нужно {wanted}", en="{got} samples, and {wanted} are wanted")
