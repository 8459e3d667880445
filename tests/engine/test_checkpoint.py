"""Checkpoints hold data and no code."""

from __future__ import annotations

import os
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from praktikum.engine import CheckpointError, load_checkpoint, load_weights
from praktikum.engine.checkpoint import save_checkpoint
from praktikum.engine.seeds import (
    preserved_random_state,
    random_state,
    restore_random_state,
    seed_everything,
)


class Harmful:
    """What a stranger may have put into a file."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("exit 7",)


def draws() -> tuple[float, ...]:
    return random.random(), float(np.random.rand()), float(np.random.normal()), torch.rand(1).item()  # noqa: NPY002


def test_a_checkpoint_from_a_stranger_cannot_run_code(tmp_path: Path) -> None:
    torch.save({"format": 1, "model": Harmful()}, tmp_path / "last.pt")
    with pytest.raises(CheckpointError, match="is damaged or no checkpoint"):
        load_checkpoint(tmp_path / "last.pt")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04torn", b"some text"])
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "last.pt").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"last\.pt: is damaged or no checkpoint"):
        load_checkpoint(tmp_path / "last.pt")


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"last\.pt: there is no such checkpoint"):
        load_checkpoint(tmp_path / "last.pt")


def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    torch.save({"weights": torch.zeros(1)}, tmp_path / "last.pt")
    with pytest.raises(CheckpointError, match="wanted a checkpoint of format 1"):
        load_checkpoint(tmp_path / "last.pt")


def test_weights_of_another_model_are_refused(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "best.pt", {"model": nn.Linear(2, 2).state_dict()})
    with pytest.raises(CheckpointError, match="does not fit the model"):
        load_weights(tmp_path / "best.pt", nn.Linear(3, 2))


def test_random_states_survive_a_checkpoint(tmp_path: Path) -> None:
    seed_everything(3)
    draws()  # an odd number of normal draws leaves one cached in NumPy's state
    save_checkpoint(tmp_path / "last.pt", {"random": random_state()})
    expected = draws()
    seed_everything(4)
    restore_random_state(load_checkpoint(tmp_path / "last.pt")["random"])
    assert draws() == expected


def test_draws_inside_a_preserved_state_leave_no_trace() -> None:
    seed_everything(1)
    expected = draws()
    seed_everything(1)
    with preserved_random_state():
        draws()
    assert draws() == expected
