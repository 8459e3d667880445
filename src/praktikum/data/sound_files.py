"""Files of sound: any format that libsndfile reads, any rate, number of channels and width.

    sound = read_sound("speech.flac").mono().at(16_000)

What is wrong with a file is said in one line. A file without samples, with samples that are no
numbers, or that is no sound at all is refused. A file that breaks off (WAV, AIFF, AU, MP3) is read
as far as it goes, with a warning in the log; where the format does not let a part be read (FLAC,
Ogg), it is refused. Silence and clipping are not faults of a file: `Sound.share_clipped` tells of
the one, `mix` refuses the other.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from .errors import FormatError, MissingData
from .sound import Sound, check_rate

__all__ = [
    "WIDTHS",
    "check_finite",
    "no_samples",
    "opening",
    "read_sound",
    "soundfile",
    "tell_if_torn",
    "write_sound",
]

WIDTHS = {"16": "PCM_16", "24": "PCM_24", "32": "PCM_32", "float": "FLOAT"}
"""How wide a sample is in a file that is written: bits, or a 32-bit float."""

STREAMED = 2**31 - 2**16  # bytes and more: a length that whoever wrote to a pipe did not know
CORRECTION = re.compile(r": (\d+) \(should be (\d+)\)")  # in libsndfile's log

log = logging.getLogger(__name__)


def read_sound(path: Path | str) -> Sound:
    """Return all of a file's samples, float32, at its own rate.

    Raises MissingData if there is no such file or soundfile is not installed, FormatError if it is
    not sound or holds no usable samples.
    """
    path = Path(path)
    with opening(path) as library:
        about = library.info(str(path), verbose=True)
        samples, rate = library.read(str(path), dtype="float32", always_2d=True)
    if not len(samples):
        raise no_samples(path)
    check_rate(rate)
    check_finite(samples, rate, path)
    tell_if_torn(path, len(samples), about)
    return Sound(np.ascontiguousarray(samples.T), rate)


def write_sound(path: Path | str, sound: Sound, width: str = "16") -> None:
    """Write a file whose format its name's ending tells: .wav, .flac, .ogg, .mp3 …

    Args:
        path: its folder is made if needed.
        sound: what lies beyond full scale is cut to it unless width is "float", and the log warns.
        width: a key of WIDTHS; .ogg and .mp3 have none, so it is passed over for them.

    Raises:
        FormatError: samples that are no numbers, or a format that is unknown or cannot hold this.
        MissingData: soundfile is not installed.
    """
    library, path = soundfile(), Path(path)
    if width not in WIDTHS:
        raise FormatError(f"width must be one of {', '.join(WIDTHS)}, got {width!r}")
    check_finite(sound.samples.T, sound.rate, path)
    beyond = int(np.count_nonzero(np.abs(sound.samples) > 1))
    if beyond and width != "float":
        log.warning("%s: %d samples are beyond full scale and were cut to it", path, beyond)
    samples = sound.samples if width == "float" else np.clip(sound.samples, -1, 1)
    lossy = path.suffix.lower() in {".ogg", ".mp3", ".opus"}
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        library.write(str(path), samples.T, sound.rate, subtype=None if lossy else WIDTHS[width])
    except (library.LibsndfileError, ValueError, TypeError) as error:
        raise FormatError(
            f"{path}: libsndfile cannot write {len(sound.samples)} channels at {sound.rate} Hz and "
            f"width {width} to such a file ({error}); .wav holds anything"
        ) from error


def soundfile() -> Any:
    """Return the module soundfile. Raises MissingData if it is not installed."""
    try:
        import soundfile as library
    except (ImportError, OSError) as error:  # OSError: the package is here, libsndfile is not
        raise MissingData(
            "files of sound need soundfile: pip install 'praktikum[audio]'"
        ) from error
    return library


@contextmanager
def opening(path: Path) -> Iterator[Any]:
    """Give the module soundfile to a block that opens the file, and say what is wrong with it.

    Raises MissingData if there is no such file or soundfile is not installed, FormatError if it is
    not sound.
    """
    library = soundfile()
    if not path.is_file():
        raise MissingData(f"{path}: a file of sound was wanted, there is none")
    try:
        yield library
    except library.LibsndfileError as error:
        raise FormatError(
            f"{path}: this is not sound, or it is damaged ({error.error_string.strip(' .')}); "
            "wanted a whole WAV, FLAC, Ogg, MP3 or AIFF file"
        ) from error


def no_samples(path: Path) -> FormatError:
    """Return what is said of a file that is sound, but of no length."""
    return FormatError(f"{path}: there is not one sample in it; record or export it anew")


def check_finite(samples: np.ndarray, rate: int, path: Path, start: int = 0) -> None:
    """Raise FormatError if a sample, (time, channels), is no number; `start` comes before them."""
    finite = np.isfinite(samples).all(axis=1)
    if not finite.all():
        raise FormatError(
            f"{path}: samples must be finite numbers, the first that is not is at "
            f"{(start + np.argmin(finite)) / rate:.3f} s"
        )


def tell_if_torn(path: Path, frames: int, about: Any) -> None:
    """Warn if the file holds less than it promises; libsndfile says so in its log alone."""
    for promised, held in CORRECTION.findall(about.extra_info):
        if int(held) < int(promised) < STREAMED:
            break
    else:
        if frames >= about.frames:
            return
    log.warning(
        "%s breaks off before its end: %.2f s of it were read", path, frames / about.samplerate
    )
