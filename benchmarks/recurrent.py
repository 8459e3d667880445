"""The course's table of recurrent networks: how much longer than `torch.nn.LSTM` does each take?

    python benchmarks/recurrent.py [--rounds 20]

A classifier of texts: vocabulary 5,000, embedding 32, hidden 128, batch 64, length 200; one step is
forward, backward and Adam. The course had 2 min 35 s for `torch.nn.LSTM` and ratios of 5.5 for a
loop over cells, 1.04 for masked weights and 12.3 for a LSTM made by hand.

One thread, processor time; sides take turns in every round, and the least time of each counts.
malloc is told, for all sides, to keep big blocks instead of mapping them anew. The classifier
looks at the mean over steps: a loss of the last state alone gives numbers so small, 200 steps
back, that the processor handles each of them apart, and every side takes ten times as long.

The ratio depends on what torch's own layer runs on. On two busy cores of a Xeon with AVX-512 it
runs in oneDNN at 100 GFLOP/s: fast 1.07 to 1.09, with variational masks 1.10 to 1.12, with a mask
of the update at every step 1.18, with zoneout 1.35; masked weights 1.0; loops over cells 1.7 to
2.1, zoneout 2.7, by hand 2.4. Held to AVX2 (by ATEN_CPU_CAPABILITY, MKL_ENABLE_INSTRUCTIONS and
ONEDNN_MAX_CPU_ISA), and with masks drawn more slowly than now: 1.07 to 1.10, 1.09 to 1.12, 1.16.
"""

import argparse
import os

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

from time import process_time

import torch
from torch import Tensor, nn

from praktikum.cli.memory import keep_big_blocks
from praktikum.sequence import (
    LSTM,
    FastLSTM,
    LSTMCell,
    MaskedWeightLSTM,
    RecurrentDropoutLSTM,
    VariationalLSTM,
    ZoneoutLSTM,
)

VOCABULARY, EMBEDDING, HIDDEN, BATCH, LENGTH, CLASSES = 5000, 32, 128, 64, 200, 10
BARS = {"FastLSTM": 1.1, "FastLSTM, variational": 1.1, "FastLSTM, update": 1.1}


class HandMadeLSTM(nn.Module):
    """What one writes first: a cell at a time, each input through its matrix by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = LSTMCell(EMBEDDING, HIDDEN)

    def forward(self, input: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Return the hidden states and the last (h, c)."""
        hidden = cell = input.new_zeros(input.shape[1], HIDDEN)
        outputs = []
        for t in range(len(input)):
            hidden, cell = self.cell(input[t], (hidden, cell))
            outputs.append(hidden)
        return torch.stack(outputs), (hidden, cell)


class Classifier(nn.Module):
    """Embedding, a recurrent layer, the mean over steps, a linear head."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, EMBEDDING)
        self.layer = layer
        self.head = nn.Linear(HIDDEN, CLASSES)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return logits, [batch, classes]."""
        output, _ = self.layer(self.embedding(tokens))
        logits: Tensor = self.head(output.mean(dim=0))
        return logits


def make_layers() -> dict[str, nn.Module]:
    """Return the sides by name, the peer first."""
    size = (EMBEDDING, HIDDEN)
    return {
        "torch.nn.LSTM": nn.LSTM(*size),
        "FastLSTM": FastLSTM(*size),
        "FastLSTM, variational": FastLSTM(*size, p_input=0.5, p_hidden=0.5),
        "FastLSTM, update": FastLSTM(*size, p_update=0.5),
        "FastLSTM, zoneout": FastLSTM(*size, p_hidden_stays=0.05, p_cell_stays=0.5),
        "MaskedWeightLSTM": MaskedWeightLSTM(*size),
        "LSTM": LSTM(*size),
        "VariationalLSTM": VariationalLSTM(*size),
        "RecurrentDropoutLSTM": RecurrentDropoutLSTM(*size),
        "ZoneoutLSTM": ZoneoutLSTM(*size),
        "LSTMCell by LSTMCell": HandMadeLSTM(),
    }


def train_step(model: nn.Module, optimiser: torch.optim.Optimizer, batch: tuple) -> None:
    """Do one step of training."""
    tokens, labels = batch
    loss = nn.functional.cross_entropy(model(tokens), labels)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20, help="steps of each side (default 20)")
    rounds = parser.parse_args().rounds
    keep_big_blocks()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    batch = (torch.randint(VOCABULARY, (LENGTH, BATCH)), torch.randint(CLASSES, (BATCH,)))
    models = {name: Classifier(layer) for name, layer in make_layers().items()}
    optimisers = {name: torch.optim.Adam(model.parameters()) for name, model in models.items()}
    seconds: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(rounds + 1):  # the first one warms up
        for name, model in models.items():
            started = process_time()
            train_step(model, optimisers[name], batch)
            seconds[name].append(process_time() - started)
    print(f"torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, one thread\n")
    print(f"{'a step of training':<24}{'ms':>8}{'ratio':>8}{'bar':>7}")
    least = {name: min(values[1:]) for name, values in seconds.items()}
    for name, time in least.items():
        bar = f"{BARS[name]:.2f}" if name in BARS else ""
        print(f"{name:<24}{time * 1e3:>8.1f}{time / least['torch.nn.LSTM']:>8.2f}{bar:>7}")


if __name__ == "__main__":
    main()
