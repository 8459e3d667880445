"""Batches of any shape are moved whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from praktikum.engine.placement import Placement


class Pair(NamedTuple):
    image: Tensor
    name: str


@dataclass(frozen=True)
class Sentence:
    tokens: Tensor
    text: str


def test_every_tensor_of_a_batch_is_moved_and_the_rest_stays() -> None:
    x = torch.zeros(2)
    batch = {"pair": Pair(x, "a.png"), "list": [x, (x, None)], "sentence": Sentence(x, "ю")}
    placed = Placement("meta").place(batch)  # a device that holds no numbers, and is everywhere
    moved = [
        placed["pair"].image,
        placed["list"][0],
        placed["list"][1][0],
        placed["sentence"].tokens,
    ]
    assert {tensor.device.type for tensor in moved} == {"meta"}
    kept = (placed["pair"].name, placed["list"][1][1], placed["sentence"].text)
    assert kept == ("a.png", None, "ю")


def test_channels_come_last_in_images_alone() -> None:
    placed = Placement("cpu", channels_last=True).place(
        {"image": torch.zeros(2, 3, 4, 5), "ids": torch.zeros(2, 3, 4, 5, dtype=torch.long)}
    )
    assert placed["image"].stride() == (60, 1, 15, 3)
    assert placed["ids"].stride() == (60, 20, 5, 1)
