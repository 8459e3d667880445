"""Random states of Python, NumPy and torch: seeded, saved, put back.

Saved states are made of tensors, numbers and tuples alone, so that a checkpoint with them can be
read with ``weights_only=True``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

__all__ = [
    "deterministic_algorithms",
    "preserved_random_state",
    "random_state",
    "restore_random_state",
    "seed_everything",
    "seed_of",
]


def seed_everything(seed: int) -> None:
    """Seed Python's, NumPy's and torch's global generators, on all devices; 0 ≤ seed < 2³²."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (the global state is what is meant)
    torch.manual_seed(seed)


def seed_of(*parts: int) -> int:
    """Return a 63-bit seed for parts such as (seed, epoch): near parts, far seeds."""
    return int(np.random.SeedSequence(parts).generate_state(1, np.uint64)[0] >> np.uint64(1))


def random_state() -> dict[str, Any]:
    """Return the state of all global generators."""
    name, keys, position, has_gauss, cached = np.random.get_state()  # noqa: NPY002
    return {
        "python": random.getstate(),
        "numpy": (str(name), torch.from_numpy(np.array(keys)), position, has_gauss, cached),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def restore_random_state(state: dict[str, Any]) -> None:
    """Put back what `random_state` returned."""
    random.setstate(state["python"])
    name, keys, *rest = state["numpy"]
    np.random.set_state((name, keys.numpy(), *rest))  # noqa: NPY002
    torch.set_rng_state(state["torch"])
    if state["cuda"]:
        torch.cuda.set_rng_state_all(state["cuda"])


@contextmanager
def preserved_random_state() -> Iterator[None]:
    """Leave the global generators as they were, whatever the body draws."""
    state = random_state()
    try:
        yield
    finally:
        restore_random_state(state)


@contextmanager
def deterministic_algorithms(wanted: bool) -> Iterator[None]:
    """Have torch refuse operations that may vary between runs, where ``wanted``, in the body."""
    if not wanted or torch.are_deterministic_algorithms_enabled():
        yield  # whatever torch is told here, it loads its compiler first, which takes seconds
        return
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(False)
