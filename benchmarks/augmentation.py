"""Paired augmentation against albumentations on the same operations.

    pip install albumentations opencv-python-headless
    python benchmarks/augmentation.py [--rounds 200]

A photo of 320×240 and its mask, bytes in, contiguous bytes out, one thread on both sides. The
operations mean the same in both libraries: mirror, a crop of 288×216, one number added to all
channels and cut. albumentations has no replacement of backgrounds by a mask; its column stays
empty. Sides take turns in every round, under malloc as `praktikum train` sets it; medians over
rounds are compared.

On one core of a Xeon with AVX-512, torch 2.13: flip 1.23 (torch turns pixels of three bytes in
28 µs, OpenCV, on which albumentations stands, in 18), crop 0.70, brightness 0.78, all three 0.74.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable

import numpy as np

from praktikum.cli.memory import keep_big_blocks

SETTINGS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NO_ALBUMENTATIONS_UPDATE": "1"}
HEIGHT, WIDTH, REPEATS, BAR = 320, 240, 20, 1.0
Call = Callable[[], object]


def sides(image: np.ndarray, mask: np.ndarray) -> dict[str, tuple[Call, Call | None]]:
    """Return, for each operation, our call and theirs."""
    import albumentations
    import cv2
    import torch

    from praktikum.vision.augmentation import (
        BackgroundReplacement,
        Brightness,
        Compose,
        HorizontalFlip,
        RandomCrop,
    )

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    rng = np.random.default_rng(0)
    background = rng.integers(0, 256, (427, 640, 3), dtype=np.uint8)

    def brightness(p: float) -> object:
        return albumentations.RandomBrightnessContrast(
            brightness_limit=0.2, contrast_limit=0, brightness_by_max=True, p=p
        )

    ours = {
        "flip": [HorizontalFlip(1.0)],
        "crop": [RandomCrop(288, 216)],
        "brightness": [Brightness(0.2, 1.0)],
        "all three": [RandomCrop(288, 216), HorizontalFlip(0.5), Brightness(0.2, 0.5)],
        "background": [BackgroundReplacement([background], 1.0)],
    }
    theirs = {
        "flip": [albumentations.HorizontalFlip(p=1.0)],
        "crop": [albumentations.RandomCrop(288, 216, p=1.0)],
        "brightness": [brightness(1.0)],
        "all three": [
            albumentations.RandomCrop(288, 216),
            albumentations.HorizontalFlip(p=0.5),
            brightness(0.5),
        ],
    }

    def our_call(steps: list) -> Call:
        composed = Compose(steps)
        return lambda: composed(image, mask, rng)

    def their_call(steps: list) -> Call:
        composed = albumentations.Compose(steps, seed=0)

        def call() -> object:
            changed = composed(image=image, mask=mask)
            return np.ascontiguousarray(changed["image"]), np.ascontiguousarray(changed["mask"])

        return call

    return {
        name: (our_call(steps), their_call(theirs[name]) if name in theirs else None)
        for name, steps in ours.items()
    }


def measure(calls: list[Call], rounds: int) -> list[float]:
    """Return the median microseconds of each call; they take turns in every round."""
    for call in calls:
        call()
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, taken in zip(calls, times, strict=True):
            start = time.perf_counter()
            for _ in range(REPEATS):
                call()
            taken.append((time.perf_counter() - start) / REPEATS * 1e6)
    return [float(np.median(taken)) for taken in times]


def main() -> None:
    """Read the number of rounds, measure every operation, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    keep_big_blocks()
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    mask = (rng.random((HEIGHT, WIDTH)) > 0.7).astype(np.uint8)
    print(
        f"{'µs a pair':<12}{'praktikum':>12}{'albumentations':>16}{'ours / theirs':>15}{'bar':>7}"
    )
    for name, (ours, theirs) in sides(image, mask).items():
        if theirs is None:
            print(f"{name:<12}{measure([ours], rounds)[0]:>12.0f}")
            continue
        our_time, their_time = measure([ours, theirs], rounds)
        ratio = our_time / their_time
        print(f"{name:<12}{our_time:>12.0f}{their_time:>16.0f}{ratio:>15.2f}{BAR:>7.2f}")


def restart_under_settings() -> None:
    """Replace this process by one with SETTINGS in its environment, unless they are there.

    Libraries read them once, when they are imported.
    """
    if any(os.environ.get(name) != value for name, value in SETTINGS.items()):
        os.execve(sys.executable, sys.orig_argv, os.environ | SETTINGS)


if __name__ == "__main__":
    restart_under_settings()
    main()
