"""A trained model as a file: tensors, and what else is to be known of it as strings.

The file is safetensors, which can hold nothing else; so one from a stranger runs no code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import Tensor

from .errors import MissingPackage, WeightsError

__all__ = ["reading_model", "write_model"]


def write_model(path: Path, tensors: Mapping[str, Tensor], strings: Mapping[str, str]) -> None:
    """Write the file; its folder is made. Raises MissingPackage if safetensors is not installed."""
    library = _safetensors()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        library.torch.save_file(dict(tensors), part, dict(strings))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def reading_model(
    path: Path, kind: str, writer: str
) -> Iterator[tuple[dict[str, Tensor], dict[str, str]]]:
    """Give the tensors and the strings of a file to a block that makes the model of them.

    Args:
        path: of the file.
        kind: of model that is wanted, as the error calls it.
        writer: what writes such files, as the error calls it.

    Raises WeightsError if there is no such file, or the block cannot make a model of what it
    holds; MissingPackage if safetensors is not installed.
    """
    library = _safetensors()
    try:
        with library.safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            strings = file.metadata() or {}
        yield tensors, strings
    except (library.SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as why:
        reason = str(why).split("\n", 1)[0]
        raise WeightsError(
            f"{path} is not a saved {kind} ({reason}); wanted a file that {writer} wrote"
        ) from why


def _safetensors() -> Any:
    try:
        import safetensors.torch
    except ImportError as error:
        raise MissingPackage(
            "trained models need safetensors: pip install 'praktikum[audio]'"
        ) from error
    return safetensors
