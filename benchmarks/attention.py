"""How much longer than `F.scaled_dot_product_attention` does attention with a map take?

    python benchmarks/attention.py [--rounds 10] [--lengths 128 512 2048]

Batch 4, 8 heads of 64 numbers, lengths 128, 512 and 2048 (batch 1 there), float32: forward alone,
and forward with backward. SDPA is a fused kernel, which never holds the scores; ours does. Then a
block with Transformer-XL's relative positions (attention, residual, feed-forward of four times the
size) beside the same block with rotary positions and SDPA.

One thread, processor time; sides take turns in every round, and the least time of each counts.
malloc is told, for all sides, to keep big blocks instead of mapping them anew.
"""

import argparse
import os

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

from collections.abc import Callable
from time import process_time

import torch
from torch import Tensor, nn
from torch.nn import functional

from praktikum.cli.memory import keep_big_blocks
from praktikum.sequence import (
    MultiHeadAttention,
    RelativeMultiHeadAttention,
    RotaryPositions,
    dot_product_attention,
)

HEADS, D_HEAD = 8, 64
D_MODEL = HEADS * D_HEAD
FORWARD_BAR, BACKWARD_BAR, BLOCK_BAR = 1.4, 1.1, 1.32
Side = Callable[[], Tensor]


class FusedMultiHeadAttention(MultiHeadAttention):
    """The same layer around SDPA."""

    def attend(self, query: Tensor, key: Tensor, value: Tensor, *_: object) -> tuple[Tensor, None]:
        """Return the attention, without its map."""
        return functional.scaled_dot_product_attention(query, key, value), None


class Block(nn.Module):
    """Pre-norm attention and feed-forward, as in a Transformer."""

    def __init__(self, attention: MultiHeadAttention) -> None:
        super().__init__()
        self.attention = attention
        self.norm1, self.norm2 = nn.LayerNorm(D_MODEL), nn.LayerNorm(D_MODEL)
        self.linear1, self.linear2 = nn.Linear(D_MODEL, 2048), nn.Linear(2048, D_MODEL)

    def forward(self, x: Tensor) -> Tensor:
        """Return what comes out, [batch, time, d_model]."""
        x = x + self.attention(self.norm1(x))[0]
        return x + self.linear2(self.linear1(self.norm2(x)).relu())


def least_times(sides: dict[str, Side], rounds: int, backward: bool) -> dict[str, float]:
    """Return the least processor time of each side, in seconds."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds + 1):  # the first one warms up
        for name, side in sides.items():
            started = process_time()
            with torch.set_grad_enabled(backward):
                output = side()
            if backward:
                output.backward(torch.ones_like(output))
            seconds[name].append(process_time() - started)
    return {name: min(times[1:]) for name, times in seconds.items()}


def report(what: str, sides: dict[str, Side], rounds: int, backward: bool, bar: float) -> None:
    """Print a line: the peer's time, the first side's, their ratio and its bar."""
    ours, theirs = least_times(sides, rounds, backward).values()
    print(f"{what:<44}{theirs * 1e3:>9.2f}{ours * 1e3:>9.2f}{ours / theirs:>8.2f}{bar:>7.2f}")


def attention_sides(length: int) -> dict[str, Side]:
    """Return our attention and SDPA on the same inputs, which ask for gradients."""
    shape = (1 if length > 1024 else 4, HEADS, length, D_HEAD)
    inputs = [torch.randn(shape, requires_grad=True) for _ in range(3)]
    return {
        "ours": lambda: dot_product_attention(*inputs)[0],
        "SDPA": lambda: functional.scaled_dot_product_attention(*inputs),
    }


def block_sides(length: int) -> dict[str, Side]:
    """Return the block with relative positions, and that with rotary ones and SDPA."""
    relative = Block(RelativeMultiHeadAttention(D_MODEL, HEADS))
    rotary = Block(FusedMultiHeadAttention(D_MODEL, HEADS, rotary=RotaryPositions(D_HEAD)))
    x = torch.randn(4, length, D_MODEL)
    return {"relative": lambda: relative(x), "rotary, SDPA": lambda: rotary(x)}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10, help="of each side (default 10)")
    parser.add_argument("--lengths", type=int, nargs="+", default=[128, 512, 2048])
    arguments = parser.parse_args()
    keep_big_blocks()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print(f"torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, one thread\n")
    print(f"{'':<44}{'peer, ms':>9}{'ours, ms':>9}{'ratio':>8}{'bar':>7}")
    for length in arguments.lengths:
        for name, backward, bar in (
            ("forward", False, FORWARD_BAR),
            ("forward and backward", True, BACKWARD_BAR),
        ):
            what = f"attention, T = {length}, {name}"
            report(what, attention_sides(length), arguments.rounds, backward, bar)
    what = "block, relative against rotary + SDPA, T = 512"
    report(what, block_sides(512), arguments.rounds, True, BLOCK_BAR)


if __name__ == "__main__":
    main()
