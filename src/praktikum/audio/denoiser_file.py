"""A trained denoiser as a file, and the one that comes with the package.

See `model_file`: weights in half precision, running means and counts as they are, and the settings.
"""

import json
from dataclasses import asdict
from pathlib import Path

import torch

from .denoiser import Denoiser, DenoiserSettings
from .model_file import reading_model, write_model

__all__ = ["SHIPPED", "load_denoiser", "save_denoiser"]

SHIPPED = Path(__file__).parent / "models" / "denoise-small.safetensors"
"""The model that comes with the package; `denoise-small.md` beside it tells of it."""


def save_denoiser(model: Denoiser, path: Path) -> None:
    """Write the file; its folder is made. Raises MissingPackage if safetensors is not installed."""
    weights = {name for name, _ in model.named_parameters()}
    tensors = {
        name: tensor.cpu().to(torch.half if name in weights else tensor.dtype).contiguous()
        for name, tensor in model.state_dict().items()
    }
    write_model(path, tensors, {"settings": json.dumps(asdict(model.settings))})


def load_denoiser(path: Path = SHIPPED) -> Denoiser:
    """Return what `save_denoiser` wrote, in single precision and ready to use.

    Raises WeightsError if the file holds no denoiser, MissingPackage if safetensors is not
    installed.
    """
    with reading_model(path, "denoiser", "save_denoiser") as (tensors, strings):
        model = Denoiser(DenoiserSettings(**json.loads(strings["settings"])))
        model.load_state_dict(tensors)  # halves become singles as they are copied
    return model.eval()
