"""Files of sound in blocks: what is too long to be held in memory is read, resampled and written.

    with reading(path) as source, writing(target, source.like) as sink:
        for block in fitted(resampled(source.blocks(), source.rate, rate), frames):
            sink(block)

What is wrong with a file is said as `sound_files` says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from .errors import FormatError
from .sound import check_rate, soxr_library
from .sound_files import check_finite, no_samples, opening, soundfile, tell_if_torn

__all__ = ["Block", "SoundSource", "fitted", "reading", "resampled", "writing"]

Block = Float32[np.ndarray, "channels _"]
"""A part of a sound; parts differ in length."""

BLOCK_SECONDS = 1.0


@dataclass(frozen=True)
class SoundSource:
    """An open file.

    Attributes:
        path: where it is.
        rate: samples a second of each channel, Hz.
        channels: how many it has.
        subtype: how wide its samples are, as libsndfile names it.
        file: libsndfile's.
    """

    path: Path
    rate: int
    channels: int
    subtype: str
    file: Any

    def blocks(self) -> Iterator[Block]:
        """Yield the samples from the beginning, a second at a time; may be called again.

        Raises FormatError: samples that are no numbers, not one sample, or damage on the way.
        """
        library = soundfile()
        frames, done = max(1, round(BLOCK_SECONDS * self.rate)), 0
        try:
            self.file.seek(0)
            while len(samples := self.file.read(frames, dtype="float32", always_2d=True)):
                check_finite(samples, self.rate, self.path, done)
                done += len(samples)
                yield np.ascontiguousarray(samples.T)
        except library.LibsndfileError as error:
            raise FormatError(
                f"{self.path} is damaged after {done / self.rate:.2f} s "
                f"({error.error_string.strip(' .')}); record or export it anew"
            ) from error
        if not done:
            raise no_samples(self.path)


@contextmanager
def reading(path: Path) -> Iterator[SoundSource]:
    """Open a file of sound; a file that breaks off is read as far as it goes, the log warns.

    Raises MissingData if there is no such file or soundfile is not installed, FormatError if it is
    not sound.
    """
    with opening(path) as library:
        about = library.info(str(path), verbose=True)
        file = library.SoundFile(str(path))
    with file:
        check_rate(file.samplerate)
        tell_if_torn(path, file.frames, about)
        yield SoundSource(path, file.samplerate, file.channels, file.subtype, file)


@contextmanager
def writing(path: Path, source: SoundSource) -> Iterator[Callable[[Block], None]]:
    """Open a file of the rate, channels and, where its format has it, the width of `source`.

    What is given goes to a file beside `path`, which takes its place when all is well; so `path`
    may be the file that is being read. Raises FormatError for a format that is unknown or cannot
    hold this.
    """
    library = soundfile()
    form = library.available_formats()
    name = path.suffix.lstrip(".").upper()
    kind = {"AIF": "AIFF", "OGA": "OGG", "OPUS": "OGG"}.get(name, name)
    if kind not in form:
        raise FormatError(
            f"{path}: no format of sound ends in '{path.suffix}'; .wav holds anything"
        )
    keeps = library.check_format(kind, source.subtype)
    part = path.with_name(f".{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        try:
            file = library.SoundFile(
                str(part),
                "w",
                source.rate,
                source.channels,
                source.subtype if keeps else library.default_subtype(kind),
                format=kind,
            )
        except (library.LibsndfileError, ValueError, TypeError) as error:
            raise FormatError(
                f"{path}: libsndfile cannot write {source.channels} channels at {source.rate} Hz "
                f"to such a file ({error}); .wav holds anything"
            ) from error
        with file:  # which cuts what is beyond full scale, where samples are not floats
            yield lambda block: file.write(block.T)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def resampled(blocks: Iterable[Block], rate: int, to: int) -> Iterator[Block]:
    """Yield the same sound at another rate, Hz; in all as `resample` gives it, to a sample.

    Raises MissingData if soxr is not installed.
    """
    if rate == to:
        yield from blocks
        return
    soxr = soxr_library()
    stream = None
    for block in blocks:
        if stream is None:
            stream = soxr.ResampleStream(rate, to, len(block), dtype="float32")
            end = block[:, :0]
        yield _step(stream, block)
    if stream is not None:
        yield _step(stream, end, last=True)


def fitted(blocks: Iterable[Block], frames: int) -> Iterator[Block]:
    """Yield blocks up to so many frames in all; what is missing at the end are zeros."""
    channels = 1
    for block in blocks:
        channels, block = len(block), block[:, :frames]
        frames -= block.shape[1]
        yield block
    if frames:
        yield np.zeros((channels, frames), np.float32)


def _step(stream: Any, block: Block, last: bool = False) -> Block:
    """Return what a stream of soxr, which has channels last, gives for a block."""
    samples: np.ndarray = stream.resample_chunk(np.ascontiguousarray(block.T), last=last)
    return np.ascontiguousarray(samples.reshape(-1, len(block)).T)
