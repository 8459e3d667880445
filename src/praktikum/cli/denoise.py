"""``praktikum denoise``: the speech of a noisy recording, by the model that the package has."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.memory import keep_big_blocks

if TYPE_CHECKING:
    from praktikum.audio.denoiser import Denoiser
    from praktikum.data.sound_blocks import SoundSource

__all__ = ["denoise"]


def denoise(
    recording: Annotated[Path, typer.Argument(metavar="IN", help="A recording with speech.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write.")],
    model: Annotated[
        Path | None,
        typer.Option("--model", help="A denoiser's safetensors; the one that comes if not given."),
    ] = None,
) -> None:
    """Write the speech of a recording: any length, rate and number of channels.

    Each channel is denoised by itself. The model is for 16 kHz, so nothing above 8 kHz is kept.

    Example: `praktikum denoise noisy.wav clean.wav`
    """
    from praktikum.audio.denoiser_file import SHIPPED, load_denoiser
    from praktikum.audio.errors import AudioError
    from praktikum.data.errors import DataError
    from praktikum.data.sound_blocks import reading

    keep_big_blocks()
    started = time.perf_counter()
    with one_line(AudioError, DataError, OSError), reading(recording) as source:
        frames = _denoise(source, out, load_denoiser(model or SHIPPED))
    seconds, took = frames / source.rate, time.perf_counter() - started
    if source.rate > 16_000:
        print("Above 8 kHz nothing is kept: the model is for 16 kHz.", file=sys.stderr)
    print(f"{out}: {seconds:.1f} s, {source.channels} × {source.rate} Hz, in {took:.1f} s")


def _denoise(source: SoundSource, out: Path, model: Denoiser) -> int:
    """Write the speech of `source`; return how many frames it has."""
    import numpy as np
    import torch

    from praktikum.audio.denoiser import RATE
    from praktikum.audio.denoising_stream import denoise_stream, gain_to_level
    from praktikum.data.sound_blocks import fitted, resampled, writing

    frames, energy = 0, np.zeros(source.channels)
    for block in source.blocks():
        frames += block.shape[1]
        energy += np.square(block, dtype=np.float64).sum(axis=1)
    gains = np.array([[gain_to_level(channel, frames)] for channel in energy], np.float32)
    noisy = (
        torch.from_numpy(block * gains) for block in resampled(source.blocks(), source.rate, RATE)
    )
    speech = (block.numpy() / gains for block in denoise_stream(model, noisy))
    with writing(out, source) as write:
        for block in fitted(resampled(speech, RATE, source.rate), frames):
            write(block)
    return frames
