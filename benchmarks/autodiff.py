"""Our automatic differentiation beside PyTorch's, side by side in one process.

    python benchmarks/autodiff.py

Every row is forward and backward. One thread; both sides share glibc's malloc, told first to keep
big blocks instead of mapping them anew. Times are of the processor, so that neighbours on a busy
machine count less; rounds alternate between the sides, and medians are shown.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from time import process_time

import numpy as np
import torch
from sklearn.datasets import load_digits

from praktikum.cli.memory import keep_big_blocks
from praktikum.scratch import autodiff as ad
from praktikum.scratch.autodiff import Tensor

torch.set_num_threads(1)
F = torch.nn.functional
SIZES = [64, 32, 32, 10]
N_ROWS = 1347
CHAIN_LINKS, OPERATIONS_PER_LINK = 10, 6


@dataclass(frozen=True)
class Row:
    """A comparison: its name, the two sides, and the largest ratio that we accept (or None)."""

    name: str
    ours: Callable[[], object]
    theirs: Callable[[], object]
    bar: float | None = None


def digits_rows() -> list[Row]:
    """Loss and gradient of the 64-32-32-10 network on the digits, and its bare matmuls."""
    X, y = load_digits(return_X_y=True)
    X, y = X[:N_ROWS] / 16, y[:N_ROWS]
    rng = np.random.default_rng(0)
    shapes = [shape for pair in pairwise(SIZES) for shape in (pair[::-1], pair[1:])]
    arrays = [rng.normal(0, 0.2, shape) for shape in shapes]
    ours = [Tensor(array, requires_grad=True) for array in arrays]
    theirs = [torch.tensor(array, requires_grad=True) for array in arrays]
    X_torch, y_torch = torch.tensor(X), torch.tensor(y)

    def step_ours() -> float:
        hidden = X
        for weight, bias in zip(ours[:-2:2], ours[1:-2:2], strict=True):
            hidden = ad.linear(hidden, weight, bias).relu()
        loss = ad.cross_entropy(ad.linear(hidden, *ours[-2:]), y)
        ad.grad(loss, ours)
        return loss.item()

    def step_torch() -> float:
        hidden = X_torch
        for weight, bias in zip(theirs[:-2:2], theirs[1:-2:2], strict=True):
            hidden = F.linear(hidden, weight, bias).relu()
        loss = F.cross_entropy(F.linear(hidden, *theirs[-2:]), y_torch)
        torch.autograd.grad(loss, theirs)
        return loss.item()

    weights = arrays[::2]
    inputs = [X, *(rng.normal(size=(N_ROWS, width)) for width in SIZES[1:])]

    def matmuls() -> None:
        for position, weight in enumerate(weights):
            _ = weight @ inputs[position].T
            _ = inputs[position + 1].T @ inputs[position]
            if position:
                _ = inputs[position + 1] @ weight

    assert np.isclose(step_ours(), step_torch(), rtol=1e-12)
    name = "digits 64-32-32-10, 1347 rows, float64"
    return [
        Row(name, step_ours, step_torch, 1.05),
        Row("  its bare matmuls, NumPy", matmuls, step_torch),
    ]


def chain_row(n: int, bar: float | None) -> Row:
    """A chain of sixty operations on arrays of n numbers."""
    start = np.random.default_rng(0).uniform(0.5, 1, n)

    def chain(x):  # type: ignore[no-untyped-def]  # a Tensor of either library
        y = x
        for _ in range(CHAIN_LINKS):
            y = (y * x + 0.5).tanh().relu() / (x + 1.0)
        return y.sum()

    ours, theirs = Tensor(start, requires_grad=True), torch.tensor(start, requires_grad=True)
    return Row(
        f"chain of {CHAIN_LINKS * OPERATIONS_PER_LINK} operations, n = {n}, float64",
        lambda: ad.grad(chain(ours), ours),
        lambda: torch.autograd.grad(chain(theirs), theirs),
        bar,
    )


def conv_row(c_in: int, dtype: str, bar: float | None) -> Row:
    """A 3x3 convolution to 64 channels on eight images of 32x32, with both gradients."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, c_in, 32, 32)).astype(dtype)
    w = rng.normal(size=(64, c_in, 3, 3)).astype(dtype)
    g = rng.normal(size=(8, 64, 32, 32)).astype(dtype)
    ours = [Tensor(array, requires_grad=True) for array in (x, w)]
    theirs = [torch.tensor(array, requires_grad=True) for array in (x, w)]
    g_torch = torch.tensor(g)
    return Row(
        f"conv2d 3x3, C = {c_in} to 64, 8 images 32x32, {dtype}",
        lambda: ad.grad(ad.conv2d(*ours, padding=1), ours, g),
        lambda: torch.autograd.grad(F.conv2d(*theirs, padding=1), theirs, g_torch),
        bar,
    )


def medians(row: Row, rounds: int) -> tuple[float, float]:
    """Milliseconds of one call of each side."""
    row.ours(), row.theirs()
    started = process_time()
    row.ours(), row.theirs()
    repeats = max(1, int(0.004 / (process_time() - started)))
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for side, call in enumerate((row.ours, row.theirs)):
            started = process_time()
            for _ in range(repeats):
                call()
            times[side].append((process_time() - started) / repeats * 1e3)
    return median(times[0]), median(times[1])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=41, help="alternations a row (default 41)")
    rounds = parser.parse_args().rounds
    rows = digits_rows()
    rows += [chain_row(n, 1.15) for n in (1, 10, 100, 1000)] + [chain_row(100_000, None)]
    rows += [conv_row(64, "float32", 1.7), conv_row(3, "float32", 3.5)]
    rows += [conv_row(64, "float64", None), conv_row(3, "float64", None)]
    malloc = "keeps big blocks (mallopt)" if keep_big_blocks() else "is as the system has it"
    print(f"NumPy {np.__version__}, torch {torch.__version__}, one thread; malloc {malloc}\n")
    print(f"{'forward and backward':<52}{'ours, ms':>10}{'torch, ms':>11}{'ratio':>8}{'bar':>7}")
    for row in rows:
        ours, theirs = medians(row, rounds if theirs_is_small(row) else max(rounds // 3, 5))
        bar = "" if row.bar is None else f"{row.bar:.2f}"
        print(f"{row.name:<52}{ours:>10.3f}{theirs:>11.3f}{ours / theirs:>8.2f}{bar:>7}")


def theirs_is_small(row: Row) -> bool:
    """Whether a row is cheap enough for all the rounds."""
    return not row.name.startswith("conv2d")


if __name__ == "__main__":
    main()
