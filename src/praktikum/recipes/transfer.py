"""Transfer: a network that was trained on ImageNet, put to other pictures with few labels.

With ``probe`` only a new head is trained, on embeddings that are computed once; the weights of the
run are the head's. With ``fine-tune`` the network is trained too, apart from its frozen stages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from praktikum.data import ImageExamples
from praktikum.engine import ParameterGroup, TrainerSettings, check_fields
from praktikum.recipes.classification import (
    ClassificationObjective,
    ImageData,
    ImageParts,
    illustrate,
)
from praktikum.recipes.registry import Assembly, Recipe
from praktikum.vision.classifier import Classifier
from praktikum.vision.pixels import Pixels
from praktikum.vision.published_weights import load_published
from praktikum.vision.transfer import discriminative_rates, embed_all

__all__ = ["RECIPE", "BackboneSettings", "TransferConfig"]


@dataclass(frozen=True)
class BackboneSettings:
    """The trained network.

    Attributes:
        name: ``efficientnet-lite0`` (needs no network), or a ResNet or VGG from the hub. Default
            ``efficientnet-lite0``.
        weights: a safetensors file with its published weights, default from where it is
            published.
        size: height and width that pictures are brought to, default 224, as in its training.
    """

    name: Literal[
        "efficientnet-lite0",
        "resnet18",
        "resnet34",
        "resnet50",
        "vgg11_bn",
        "vgg13_bn",
        "vgg16_bn",
        "vgg19_bn",
    ] = "efficientnet-lite0"
    weights: Path | None = None
    size: int = 224

    def __post_init__(self) -> None:
        check_fields(self, size=(self.size >= 32, "be at least 32 pixels"))

    def load(self) -> tuple[Classifier, Pixels]:
        """Return the network and what it wants of pictures."""
        model, pixels = load_published(self.name, self.weights)
        return model, replace(pixels, size=self.size)


@dataclass(frozen=True)
class TransferConfig:
    """A run of this recipe.

    Attributes:
        data: the pictures; ``probe`` leaves them as they are, so shift and flip must be off.
        backbone: the trained network.
        method: ``probe`` or ``fine-tune``, default ``probe``.
        frozen: of ``fine-tune``, how many of the first stages are not trained, default 0.
        rate_decay: of ``fine-tune``, what multiplies the learning rate from a stage to the one
            before it, default 1.
        label_smoothing: share of the truth spread over all classes, default 0.
        trainer: how the head, or the network, is trained.
    """

    data: ImageData = field(default_factory=ImageData)
    backbone: BackboneSettings = field(default_factory=BackboneSettings)
    method: Literal["probe", "fine-tune"] = "probe"
    frozen: int = 0
    rate_decay: float = 1.0
    label_smoothing: float = 0.0
    trainer: TrainerSettings = field(default_factory=TrainerSettings)

    def __post_init__(self) -> None:
        probe = self.method == "probe"
        check_fields(
            self,
            method=(
                not probe or not (self.data.shift or self.data.flip),
                "be 'fine-tune' with shift or flip: a probe sees each picture once",
            ),
            frozen=(
                self.frozen >= 0 and not (probe and self.frozen),
                "be at least 0, and 0 with method='probe', which freezes everything",
            ),
            rate_decay=(0 < self.rate_decay <= 1, "be above 0 and at most 1"),
            label_smoothing=(0 <= self.label_smoothing < 1, "be in [0, 1)"),
        )


def assemble(config: TransferConfig, _run_dir: Path) -> Assembly:
    """Return pictures, network and loss, wired."""
    parts = config.data.open(config.trainer.seed)
    model, pixels = config.backbone.load()
    model.replace_head(len(parts.classes))
    if config.method == "probe":
        return _probe(config, parts, model, pixels)
    return _fine_tuning(config, parts, model, pixels)


def _probe(
    config: TransferConfig, parts: ImageParts, model: Classifier, pixels: Pixels
) -> Assembly:
    """The head alone, over embeddings that are computed here."""
    model.to(config.trainer.device)

    def embedded(examples: ImageExamples) -> TensorDataset:
        def images() -> Iterator[Tensor]:
            for batch, _ in config.data.loader(examples, shuffle=False):
                yield batch

        labels = torch.tensor([int(label) for label in examples.images.labels])
        return TensorDataset(embed_all(model, pixels, images()), labels)

    return Assembly(
        model=model.head,
        train=config.data.loader(embedded(parts.train), shuffle=True),
        valid=config.data.loader(embedded(parts.valid), shuffle=False),
        test=config.data.loader(embedded(parts.test), shuffle=False),
        objective=ClassificationObjective(as_they_are, config.label_smoothing),
    )


def _fine_tuning(
    config: TransferConfig, parts: ImageParts, model: Classifier, pixels: Pixels
) -> Assembly:
    """The network without its frozen stages, each stage at a learning rate of its own."""
    model.freeze(config.frozen)
    rates = discriminative_rates(model, config.rate_decay)
    return Assembly(
        model=model,
        train=config.data.loader(parts.train, shuffle=True),
        valid=config.data.loader(parts.valid, shuffle=False),
        test=config.data.loader(parts.test, shuffle=False),
        objective=ClassificationObjective(pixels, config.label_smoothing),
        parameters=[ParameterGroup(rate.parameters, rate.scale) for rate in rates],
        illustrate=illustrate(parts.valid, pixels),
    )


def as_they_are(embeddings: Tensor) -> Tensor:
    """Return the embeddings, which need no preparation."""
    return embeddings


RECIPE = Recipe(TransferConfig, assemble)
