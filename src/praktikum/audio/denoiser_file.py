"""A trained denoiser as a file, and the one that comes with the package.

The file is safetensors, which can hold nothing but tensors and strings: weights in half precision,
running means and counts as they are, and the settings in its header.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from .denoiser import Denoiser, DenoiserSettings
from .errors import MissingPackage, WeightsError

__all__ = ["SHIPPED", "load_denoiser", "safetensors_library", "save_denoiser"]

SHIPPED = Path(__file__).parent / "models" / "denoise-small.safetensors"
"""The model that comes with the package; `denoise-small.md` beside it tells of it."""


def save_denoiser(model: Denoiser, path: Path) -> None:
    """Write the file; its folder is made. Raises MissingPackage if safetensors is not installed."""
    weights = {name for name, _ in model.named_parameters()}
    tensors = {
        name: tensor.cpu().to(torch.half if name in weights else tensor.dtype).contiguous()
        for name, tensor in model.state_dict().items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    safetensors_library().torch.save_file(
        tensors, path, {"settings": json.dumps(asdict(model.settings))}
    )


def load_denoiser(path: Path = SHIPPED) -> Denoiser:
    """Return what `save_denoiser` wrote, in single precision and ready to use.

    Raises WeightsError if the file holds no denoiser, MissingPackage if safetensors is not
    installed.
    """
    library = safetensors_library()
    try:
        with library.safe_open(path, framework="pt") as file:
            settings = json.loads((file.metadata() or {})["settings"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        model = Denoiser(DenoiserSettings(**settings))
        model.load_state_dict(tensors)  # halves become singles as they are copied
    except (library.SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as why:
        reason = str(why).split("\n", 1)[0]
        raise WeightsError(
            f"{path} is not a saved denoiser ({reason}); wanted a file that save_denoiser wrote"
        ) from why
    return model.eval()


def safetensors_library() -> Any:
    """Return the library. Raises MissingPackage if it is not installed."""
    try:
        import safetensors.torch
    except ImportError as error:
        raise MissingPackage(
            "trained models need safetensors: pip install 'praktikum[audio]'"
        ) from error
    return safetensors
