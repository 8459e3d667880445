"""A model that is read from a published folder and written into one that transformers reads.

What differs between families lies in a `Family`: the configuration, the names of tensors, and how
some tensors are cut or turned on the way. The rest is here, once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import torch
from torch import Tensor, nn

from .errors import WeightsError
from .published_config import ConfigFormat
from .published_folder import find_folder
from .published_names import NameTable
from .published_tensors import read_tensors, write_tensors

__all__ = ["Family", "PublishedModel", "Tensors", "copy_tensors", "draw_normal_"]

Config = TypeVar("Config")
Model = TypeVar("Model", bound="PublishedModel")
Tensors = dict[str, Tensor]


def _as_they_are(tensors: Tensors) -> Tensors:
    return tensors


@dataclass(frozen=True)
class Family(Generic[Config]):
    """How the folders of a family of models are read and written.

    format: of `config.json`
    names:  of tensors
    unpack: makes of published tensors those that the table knows, by published names
    pack:   undoes it
    """

    format: ConfigFormat[Config]
    names: NameTable
    unpack: Callable[[Tensors], Tensors] = _as_they_are
    pack: Callable[[Tensors], Tensors] = _as_they_are

    def read(self, source: str | Path) -> tuple[Config, Tensors]:
        """Return what the model is, and its tensors by our names. Raises WeightsError."""
        folder = find_folder(source)
        config = self.format.read(folder)
        return config, self.names.to_ours(self.unpack(read_tensors(folder)))

    def write(
        self, folder: Path, config: Config, tensors: Tensors, others: Mapping[str, object]
    ) -> None:
        """Write the two files, `others` into `config.json`; the folder is made if it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        write_tensors(folder, self.pack(self.names.to_published(tensors)))
        self.format.write(folder, config, others)


class PublishedModel(nn.Module):
    """A model of a family; a class of models says which.

    family:       how its folders are read and written
    architecture: what transformers calls the class
    inside:       what the table of names puts before our names, "" if nothing
    config:       what the model is
    """

    family: ClassVar[Family[Any]]
    architecture: ClassVar[str]
    inside: ClassVar[str] = ""
    config: Any

    @classmethod
    def from_pretrained(cls: type[Model], source: str | Path, **settings: Any) -> Model:
        """Return the model of a folder, of a package or of the Hub (see `find_folder`).

        settings: of the class, besides what the folder says

        It is in evaluation mode: call `train()` to go on with its training.

        Raises WeightsError: there is none, or it is not of this class.
        """
        config, tensors = cls.family.read(source)
        model = cls.of_shape(config, tensors, **settings)
        copy_tensors(model, tensors, f"the {cls.__name__} that {source} describes")
        return model.eval()

    @classmethod
    def of_shape(
        cls: type[Model], config: Any, tensors: Mapping[str, Tensor], **settings: Any
    ) -> Model:
        """Return a model into which these tensors fit, its weights drawn by chance."""
        del tensors
        return cls(config, **settings)

    def save_pretrained(self, folder: str | Path) -> None:
        """Write `config.json` and `model.safetensors`, which transformers reads, into a folder."""
        others = {"architectures": [self.architecture], "dtype": "float32"} | self.labels()
        self.family.write(Path(folder), self.config, self.state(), others)

    def state(self) -> Tensors:
        """Return the model's own tensors, not copies, by the names of the family's table."""
        return {f"{self.inside}{name}": tensor for name, tensor in self.state_dict().items()}

    def labels(self) -> dict[str, object]:
        """Return what `config.json` says of a head's answers."""
        return {}


@torch.no_grad()
def copy_tensors(model: PublishedModel, tensors: Mapping[str, Tensor], name: str) -> None:
    """Copy tensors into the model; heads that it does not have are passed over.

    Raises WeightsError: a tensor is missing, of another shape, or of a body that has more; `name`
    says in the text what was wanted.
    """
    wanted, prefix = model.state(), model.family.names.prefix
    missing = sorted(wanted.keys() - tensors.keys())
    beyond = sorted(key for key in tensors.keys() - wanted.keys() if key.startswith(prefix))
    if missing or beyond:
        raise WeightsError(
            f"these are not the weights of {name}: {len(missing)} of its {len(wanted)} tensors are "
            f"missing ({', '.join(missing[:3]) or 'none'}), {len(beyond)} are unknown "
            f"({', '.join(beyond[:3]) or 'none'})"
        )
    for key, tensor in wanted.items():
        if tensor.shape != tensors[key].shape:
            raise WeightsError(
                f"these are not the weights of {name}: {key} must be of shape "
                f"{tuple(tensor.shape)}, came {tuple(tensors[key].shape)}"
            )
        tensor.copy_(tensors[key])


@torch.no_grad()
def draw_normal_(module: nn.Module, std: float, generator: torch.Generator | None = None) -> None:
    """Draw weights of linear layers, embeddings and convolutions from N(0, std²), as BERT does.

    Biases become 0 and normalisations the identity.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Linear | nn.Embedding | nn.Conv2d):
            layer.weight.normal_(0, std, generator=generator)
        elif isinstance(layer, nn.LayerNorm):
            layer.reset_parameters()
        bias = getattr(layer, "bias", None)
        if isinstance(bias, nn.Parameter):
            bias.zero_()
