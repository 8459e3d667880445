"""Losses of recognition beside their peers: CTC beside torch's, RNN-T beside a loop over cells.

    python benchmarks/recognition.py [--rounds 15]

CTC: 400 frames, batch 16, 64 symbols, 60 labels, loss and gradient of the logits. RNN-T: batch 4,
200 frames, 40 labels, 128 symbols; the loop over cells, which autograd goes back through, does a
quarter of the frames, and what it takes grows with the frames, so it is counted four times. Beside
it stands `log_softmax` with its gradient, which no loss of such logits can do without.

One thread, processor time; sides take turns in every round, and the least time of each counts.
malloc is told, for all sides, to keep big blocks instead of mapping them anew.
"""

import argparse
import os

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

from collections.abc import Callable
from time import process_time

import torch
from torch import Tensor
from torch.nn import functional

from praktikum.audio.ctc import ctc_loss
from praktikum.audio.rnnt import rnnt_loss
from praktikum.cli.memory import keep_big_blocks

BARS = {"ctc": "1.60", "rnnt": "0.01"}
QUARTER = 4


def ctc_sides() -> dict[str, Callable[[], Tensor]]:
    """Return both losses with their gradients, the peer first."""
    time, batch, symbols, labels = 400, 16, 64, 60
    logits = torch.randn(time, batch, symbols, requires_grad=True)
    targets = torch.randint(1, symbols, (batch, labels))
    lengths = torch.full((batch,), time), torch.full((batch,), labels)

    def side(loss_of: Callable[..., Tensor]) -> Tensor:
        loss = loss_of(logits.log_softmax(-1), targets, *lengths)
        return torch.autograd.grad(loss, logits)[0]

    sides = {
        "F.ctc_loss": lambda: side(functional.ctc_loss),
        "ctc_loss": lambda: side(ctc_loss),
    }
    torch.testing.assert_close(*(each() for each in sides.values()), rtol=1e-3, atol=1e-4)
    return sides


def loop_over_cells(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean loss, a cell at a time, of targets that are all as long."""
    log_probs = logits.log_softmax(-1)
    batch, frames, places, _ = logits.shape
    row = torch.arange(batch)
    weights: dict[tuple[int, int], Tensor] = {(0, 0): logits.new_zeros(batch)}
    for t in range(frames):
        for u in range(places):
            ways = [weights[t - 1, u] + log_probs[:, t - 1, u, 0]] if t else []
            if u:
                ways.append(weights[t, u - 1] + log_probs[row, t, u - 1, targets[:, u - 1]])
            if ways:
                weights[t, u] = torch.stack(ways).logsumexp(0)
    return -(weights[frames - 1, places - 1] + log_probs[:, -1, -1, 0]).mean()


def rnnt_sides() -> tuple[dict[str, Callable[[], Tensor]], Callable[[], Tensor]]:
    """Return our loss and log_softmax alone, and the loop over a quarter of the frames."""
    batch, time, labels, symbols = 4, 200, 40, 128
    logits = torch.randn(batch, time, labels + 1, symbols, requires_grad=True)
    targets = torch.randint(1, symbols, (batch, labels))
    lengths = torch.full((batch,), time), torch.full((batch,), labels)
    part = logits.detach()[:, : time // QUARTER].clone().requires_grad_()

    def ours(of: Tensor) -> Tensor:
        loss = rnnt_loss(of, targets, lengths[0].clamp_max(of.shape[1]), lengths[1])
        return torch.autograd.grad(loss, of)[0]

    def loop() -> Tensor:
        return torch.autograd.grad(loop_over_cells(part, targets), part)[0]

    def softmax() -> Tensor:
        return torch.autograd.grad(logits.log_softmax(-1).sum(), logits)[0]

    return {"log_softmax": softmax, "rnnt_loss": lambda: ours(logits)}, loop


def least_seconds(sides: dict[str, Callable[[], Tensor]], rounds: int) -> dict[str, float]:
    """Return the least processor time of each side; they take turns, the first round warms up."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds + 1):
        for name, side in sides.items():
            started = process_time()
            side()
            times[name].append(process_time() - started)
    return {name: min(taken[1:]) for name, taken in times.items()}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="of each side (default 15)")
    rounds = parser.parse_args().rounds
    keep_big_blocks()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    ctc = least_seconds(ctc_sides(), rounds)
    sides, loop = rnnt_sides()
    rnnt = least_seconds(sides, rounds)
    started = process_time()
    loop()
    rnnt["loop over cells"] = QUARTER * (process_time() - started)
    print(f"torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, one thread\n")
    print(f"{'loss and gradient':<20}{'ms':>10}{'ours / it':>12}{'bar':>7}")
    peers = {"F.ctc_loss": BARS["ctc"], "loop over cells": BARS["rnnt"]}
    for of, times in (("ctc_loss", ctc), ("rnnt_loss", rnnt)):
        for name, seconds in times.items():
            ratio = times[of] / seconds
            print(f"{name:<20}{seconds * 1e3:>10.1f}{ratio:>12.4f}{peers.get(name, ''):>7}")


if __name__ == "__main__":
    main()
