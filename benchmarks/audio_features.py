"""How long does the log-mel spectrogram of a minute take, beside librosa's?

    pip install librosa
    python benchmarks/audio_features.py [--rounds 20]

60 s of noise at 16 kHz, float32, in three settings: windows of 25 ms every 10 ms as recognisers
take them, the same in an FFT of their own length, and librosa's defaults. librosa computes its bank
of filters anew in every call, which counts for little; ours keeps it.

One thread, processor time; sides take turns in every round, and the least time of each counts.
malloc is told, for both sides, to keep big blocks instead of mapping them anew. Values are
compared, too, in decibels.
"""

import argparse
import os

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

from collections.abc import Callable
from time import process_time

import librosa
import numpy as np
import torch

from praktikum.audio.features import MelSettings, log_mel
from praktikum.audio.stft import Framing
from praktikum.cli.memory import keep_big_blocks

RATE, SECONDS, BAR, AGREE = 16_000, 60, 0.35, 1e-3
SETTINGS = {
    "512 / 160 / 400, 80 mels": MelSettings(RATE, Framing(512, 160, "hann", 400), 80),
    "400 / 160 / 400, 80 mels": MelSettings(RATE, Framing(400, 160), 80),
    "2048 / 512 / 2048, 128 mels": MelSettings(RATE, Framing(2048, 512), 128),
}


def sides(settings: MelSettings, samples: np.ndarray) -> list[Callable[[], np.ndarray]]:
    """Return what computes the logarithms of mels: ours, natural ones, and librosa's, in dB."""
    waveform, framing = torch.from_numpy(samples), settings.framing

    def ours() -> np.ndarray:
        return log_mel(waveform, settings).numpy()

    def theirs() -> np.ndarray:
        power = librosa.feature.melspectrogram(
            y=samples,
            sr=settings.rate,
            n_fft=framing.n_fft,
            hop_length=framing.hop,
            win_length=framing.window_length,
            n_mels=settings.n_mels,
        )
        return librosa.power_to_db(power, top_db=None)

    return [ours, theirs]


def best_seconds(functions: list[Callable[[], np.ndarray]], rounds: int) -> list[float]:
    """Return the least processor time of each function; they take turns in every round."""
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(rounds):
        for function, taken in zip(functions, times, strict=True):
            start = process_time()
            function()
            taken.append(process_time() - start)
    return [min(taken) for taken in times]


def main() -> None:
    """Measure every setting and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    keep_big_blocks()
    torch.set_num_threads(1)
    samples = np.random.default_rng(0).standard_normal(RATE * SECONDS).astype(np.float32)
    print(f"{'FFT / hop / window':<30}{'ours, ms':>10}{'librosa, ms':>13}{'ratio':>8}{'bar':>6}")
    for name, settings in SETTINGS.items():
        both = sides(settings, samples)
        natural, in_decibels = (side() for side in both)
        difference = float(np.abs(10 / np.log(10) * natural - in_decibels).max())
        ours, theirs = best_seconds(both, rounds)
        agree = "agree" if difference < AGREE else f"DIFFER by {difference:.1e} dB"
        print(
            f"{name:<30}{1e3 * ours:>10.1f}{1e3 * theirs:>13.1f}{ours / theirs:>8.2f}{BAR:>6.2f}"
            f"  {agree}"
        )


if __name__ == "__main__":
    main()
