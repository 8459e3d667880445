"""How much longer than with rotary positions does a Conformer's block take with relative ones?

    python benchmarks/conformer.py [--rounds 10] [--lengths 250 500 1000]

Batch 4, d_model 256 in 4 heads, kernel 31, float32, forward with backward. The block with rotary
positions is measured with our attention and, as the bar's peer, with torch's fused
`F.scaled_dot_product_attention`. Then the depthwise convolution as it runs here, as a picture with
its channels last, beside `conv1d`; and the convolution module with either. The bar holds for some
500 steps; at 1,000 the scores by distance, twice as many as those by content, weigh more (1.4 to
1.5), which is what a reach with ends is for.

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

from praktikum.audio.conformer import ConformerBlock
from praktikum.audio.conformer_convolution import ConvolutionModule, DepthwiseConvolution
from praktikum.cli.memory import keep_big_blocks
from praktikum.sequence import MultiHeadAttention, RotaryPositions

D_MODEL, HEADS, KERNEL, BATCH = 256, 4, 31, 4
BLOCK_BAR = 1.32
Side = Callable[[Tensor], Tensor]


class FusedMultiHeadAttention(MultiHeadAttention):
    """The same layer around SDPA."""

    def attend(self, query: Tensor, key: Tensor, value: Tensor, *_: object) -> tuple[Tensor, None]:
        """Return the attention, without its map."""
        return functional.scaled_dot_product_attention(query, key, value), None


class PlainDepthwiseConvolution(DepthwiseConvolution):
    """The same layer as torch's `conv1d` runs it."""

    def forward(self, x: Tensor, *_: object) -> Tensor:
        """Return the convolution."""
        images = x.transpose(1, 2)
        images = functional.conv1d(images, self.weight, padding=self.before, groups=x.shape[2])
        return images.transpose(1, 2)


def blocks() -> dict[str, ConformerBlock]:
    """Return a block with relative positions, one with rotary ones, and that with SDPA."""
    sides = {
        "relative": ConformerBlock(D_MODEL, HEADS, kernel_size=KERNEL, dropout=0.0),
        "rotary": ConformerBlock(
            D_MODEL, HEADS, kernel_size=KERNEL, dropout=0.0, positions="rotary"
        ),
        "rotary, SDPA": ConformerBlock(D_MODEL, HEADS, kernel_size=KERNEL, dropout=0.0),
    }
    rotary = RotaryPositions(D_MODEL // HEADS)
    sides["rotary, SDPA"].attention = FusedMultiHeadAttention(D_MODEL, HEADS, rotary=rotary)
    return sides


def convolutions() -> tuple[dict[str, Side], dict[str, Side]]:
    """Return the depthwise convolution in both ways, and the module around it."""
    alone = {
        "channels last": DepthwiseConvolution(D_MODEL, KERNEL),
        "conv1d": PlainDepthwiseConvolution(D_MODEL, KERNEL),
    }
    modules = {name: ConvolutionModule(D_MODEL, KERNEL) for name in alone}
    modules["conv1d"].depthwise = alone["conv1d"]
    return alone, modules


def least_times(sides: dict[str, Side], length: int, rounds: int) -> dict[str, float]:
    """Return the least processor time of each side's forward and backward pass, in seconds."""
    x = torch.randn(BATCH, length, D_MODEL, requires_grad=True)
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds + 1):  # the first one warms up
        for name, side in sides.items():
            started = process_time()
            output = side(x)
            output.backward(torch.ones_like(output))
            seconds[name].append(process_time() - started)
    return {name: min(times[1:]) for name, times in seconds.items()}


def report(what: str, ours: float, theirs: float, bar: float | None = None) -> None:
    """Print a line: the peer's time, the first side's, their ratio and its bar."""
    told = "" if bar is None else f"{bar:>7.2f}"
    print(f"{what:<52}{theirs * 1e3:>9.2f}{ours * 1e3:>9.2f}{ours / theirs:>8.2f}{told}")


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10, help="of each side (default 10)")
    parser.add_argument("--lengths", type=int, nargs="+", default=[250, 500, 1000])
    arguments = parser.parse_args()
    keep_big_blocks()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print(f"torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, one thread\n")
    print(f"{'':<52}{'peer, ms':>9}{'ours, ms':>9}{'ratio':>8}{'bar':>7}")
    for length in arguments.lengths:
        relative, rotary, fused = least_times(blocks(), length, arguments.rounds).values()
        what = f"block, T = {length}, relative against rotary"
        report(what, relative, rotary, BLOCK_BAR)
        report(f"{what} + SDPA", relative, fused, BLOCK_BAR)
    for what, sides in zip(("depthwise", "module"), convolutions(), strict=True):
        ours, theirs = least_times(sides, 500, arguments.rounds).values()
        report(f"convolution, {what}, T = 500, against conv1d", ours, theirs)


if __name__ == "__main__":
    main()
