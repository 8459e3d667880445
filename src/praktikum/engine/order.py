"""The order of an epoch's batches as a function of the seed and the epoch alone.

So a position in the data is one number, the batches that are done, and a run can be taken up in
the middle of an epoch without loading what was seen before. Any `DataLoader` over a map-style
dataset serves, with ``shuffle=True`` or a sampler or batch sampler of one's own.

A dataset that draws random numbers (augmentation) has a method ``set_epoch(epoch)`` and draws
for example ``index`` from ``(seed, epoch, index)``; then the order of loading and the number of
workers change nothing. Draws from the global generators repeat only without workers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch.utils.data import DataLoader, IterableDataset

from praktikum.engine.errors import SettingError
from praktikum.engine.processes import Processes
from praktikum.engine.seeds import preserved_random_state, seed_everything, seed_of

__all__ = ["check_loader", "epoch_batches"]

_ORDER, _WORKERS = 0, 1  # what a seed is for


def check_loader(name: str, loader: DataLoader[Any]) -> None:
    """Refuse a loader whose epochs cannot be repeated; ``name`` is ``train`` or ``valid``.

    Raises:
        SettingError: it is over a stream, without batches, empty, or keeps its workers.
    """
    if isinstance(loader.dataset, IterableDataset):
        raise SettingError(
            f"{name}: a stream has no position to go on from; use a map-style dataset"
        )
    if loader.batch_sampler is None:
        raise SettingError(f"{name}: batch_size=None makes no batches; give a batch size")
    if loader.persistent_workers:
        raise SettingError(
            f"{name}: persistent_workers=True would hide set_epoch from the workers; leave it out"
        )
    if len(loader) == 0:
        raise SettingError(f"{name}: the loader has no batches; is the dataset empty?")


def epoch_batches(
    loader: DataLoader[Any], seed: int, epoch: int, start: int, processes: Processes
) -> DataLoader[Any]:
    """Return a loader of this process's batches of an epoch, from batch ``start`` on."""
    order = processes.share(_epoch_order(loader, seed, epoch))[start:]
    workers = {
        "prefetch_factor": loader.prefetch_factor,
        "multiprocessing_context": loader.multiprocessing_context,
    }
    return DataLoader(
        loader.dataset,
        batch_sampler=order,
        num_workers=loader.num_workers,
        collate_fn=loader.collate_fn,
        pin_memory=loader.pin_memory,
        timeout=loader.timeout,
        worker_init_fn=loader.worker_init_fn,
        generator=torch.Generator().manual_seed(seed_of(seed, epoch, _WORKERS)),
        **(workers if loader.num_workers else {}),
    )


def _epoch_order(loader: DataLoader[Any], seed: int, epoch: int) -> list[list[int]]:
    for owner in (loader.dataset, loader.sampler, loader.batch_sampler):
        _announce(owner, epoch)
    generators = list(_generators(loader))
    states = [generator.get_state() for generator in generators]
    with preserved_random_state():
        seed_everything(seed_of(seed, epoch, _ORDER) % 2**32)
        for generator in generators:
            generator.manual_seed(seed_of(seed, epoch, _ORDER))
        order = [list(batch) for batch in loader.batch_sampler or ()]
    for generator, state in zip(generators, states, strict=True):
        generator.set_state(state)
    return order


def _generators(loader: DataLoader[Any]) -> Iterator[torch.Generator]:
    """Yield the generators that the samplers draw from, where they have their own."""
    inner = getattr(loader.batch_sampler, "sampler", None)
    for sampler in {
        id(each): each for each in (loader.sampler, loader.batch_sampler, inner)
    }.values():
        generator = getattr(sampler, "generator", None)
        if isinstance(generator, torch.Generator):
            yield generator


def _announce(owner: object, epoch: int) -> None:
    """Call ``set_epoch`` of the owner and of the datasets that it wraps."""
    if callable(set_epoch := getattr(owner, "set_epoch", None)):
        set_epoch(epoch)
    for wrapped in (getattr(owner, "dataset", None), *getattr(owner, "datasets", ())):
        if wrapped is not None:
            _announce(wrapped, epoch)
