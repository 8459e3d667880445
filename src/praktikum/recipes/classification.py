"""Classification of pictures: a small CNN, a VGG or a ResNet, trained from its initial weights.

Pictures to validate on are put aside from those to train on, by the run's seed; those that the
data set's publisher keeps for testing are only ever tested on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from praktikum.data import ImageExamples, ShiftAndFlip, open_image_folder, open_images
from praktikum.engine import Example, Illustrate, Step, TrainerSettings, check_fields
from praktikum.recipes.registry import Assembly, Recipe
from praktikum.vision.classifier import Classifier
from praktikum.vision.pixels import Pixels, pixels_of
from praktikum.vision.resnet import ResNet
from praktikum.vision.small_cnn import SmallCNN
from praktikum.vision.vgg import VGG

__all__ = [
    "RECIPE",
    "ClassificationConfig",
    "ClassificationObjective",
    "ImageData",
    "ImageParts",
    "NetworkSettings",
    "illustrate",
]

FEW = 256  # pictures of a folder from which the mean and the deviation are taken
SHOWN = 4  # validation pictures that the report shows


@dataclass(frozen=True)
class ImageData:
    """Which pictures, and what is done to those to train on.

    Attributes:
        name: of a data set of `praktikum.data`, or ``folder`` for your own. Default ``digits``.
        folder: where downloads are kept, or, for ``folder``, what holds ``train/CLASS/…``,
            ``valid/CLASS/…`` and ``test/CLASS/…``. Default ``var/data``.
        download: fetch a published set that isn't there, default false.
        size: height and width that pictures of a ``folder`` are brought to, default 64.
        valid: pictures put aside for validation, default 200; a ``folder`` has its own.
        labels_per_class: train on so many pictures of each class, default all.
        batch_size: pictures in a batch, default 64.
        workers: processes that load pictures, default 0 (the run's own).
        shift: farthest random move in each direction, pixels, default 0.
        flip: mirror half of the pictures, default false.
    """

    name: Literal["digits", "patches", "fashion-mnist", "mnist", "cifar10", "folder"] = "digits"
    folder: Path = Path("var/data")
    download: bool = False
    size: int = 64
    valid: int = 200
    labels_per_class: int | None = None
    batch_size: int = 64
    workers: int = 0
    shift: int = 0
    flip: bool = False

    def __post_init__(self) -> None:
        few = self.labels_per_class
        check_fields(
            self,
            size=(self.size >= 1, "be at least 1 pixel"),
            valid=(self.valid >= 1, "be at least 1"),
            labels_per_class=(
                few is None or (few >= 1 and self.name != "folder"),
                "be at least 1, and none with name='folder'",
            ),
            batch_size=(self.batch_size >= 1, "be at least 1"),
            workers=(self.workers >= 0, "be at least 0"),
            shift=(self.shift >= 0, "be at least 0 pixels"),
        )

    def open(self, seed: int) -> ImageParts:
        """Return the three parts. Raises DataError where the data are not as they should be."""
        change = ShiftAndFlip(self.shift, self.flip) if self.shift or self.flip else None
        if self.name == "folder":
            train, valid, test = (
                open_image_folder(self.folder / part, self.size)
                for part in ("train", "valid", "test")
            )
            some = range(0, len(train), -(-len(train) // FEW))
            return ImageParts(
                ImageExamples(train, change, seed),
                ImageExamples(valid),
                ImageExamples(test),
                train.classes,
                channels=3,
                pixels=pixels_of(np.stack([train[index][0] for index in some])),
            )
        splits = open_images(self.name, self.folder, self.download)
        rng = np.random.default_rng(seed)
        if self.labels_per_class is None:
            put_aside, used = splits.train.split(self.valid, rng)
        else:
            used, others = splits.train.per_class(self.labels_per_class, rng)
            put_aside, _ = others.split(self.valid, rng)
        return ImageParts(
            ImageExamples(used, change, seed),
            ImageExamples(put_aside),
            ImageExamples(splits.test),
            used.classes,
            used.images.shape[1],
            pixels_of(used.images),
        )

    def loader(self, examples: Dataset[Any] | ImageExamples, shuffle: bool) -> DataLoader[Any]:
        """Return the batches of a part."""
        return DataLoader(
            examples,  # type: ignore[arg-type]  # a map-style data set need not inherit Dataset
            batch_size=self.batch_size,
            shuffle=shuffle,
            num_workers=self.workers,
        )


class ImageParts(NamedTuple):
    """Examples to train on, to validate on and to test on.

    classes:  their names
    channels: of a picture
    pixels:   what makes mean 0 and deviation 1 of the training pictures
    """

    train: ImageExamples
    valid: ImageExamples
    test: ImageExamples
    classes: tuple[str, ...]
    channels: int
    pixels: Pixels


@dataclass(frozen=True)
class NetworkSettings:
    """Which network.

    Attributes:
        name: ``small-cnn``, a ResNet or a VGG (with batch normalisation, one dense place and
            hidden layers of 512, for small pictures). Default ``small-cnn``.
        width: channels of ``small-cnn``'s first block, default 32.
        blocks: of ``small-cnn``, default 3.
        dropout: share of the embedding dropped by ``small-cnn`` and of the hidden values by a
            VGG, default 0.
        stem: of a ResNet: ``small`` for pictures of some 32 pixels, ``imagenet`` for larger ones.
            Default ``small``.
    """

    name: Literal["small-cnn", "resnet18", "resnet34", "resnet50", "vgg11", "vgg13", "vgg16"] = (
        "small-cnn"
    )
    width: int = 32
    blocks: int = 3
    dropout: float = 0.0
    stem: Literal["small", "imagenet"] = "small"

    def __post_init__(self) -> None:
        check_fields(
            self,
            width=(self.width >= 1, "be at least 1"),
            blocks=(self.blocks >= 1, "be at least 1"),
            dropout=(0 <= self.dropout < 1, "be in [0, 1)"),
        )

    def build(self, n_classes: int, channels: int) -> Classifier:
        """Return the network, untrained."""
        if self.name == "small-cnn":
            return SmallCNN(n_classes, channels, self.width, self.blocks, self.dropout)
        if self.name.startswith("resnet"):
            depth = int(self.name.removeprefix("resnet"))
            return ResNet(depth, n_classes, channels, self.stem)
        depth = int(self.name.removeprefix("vgg"))
        return VGG(depth, True, n_classes, channels, pooled=1, hidden=512, dropout=self.dropout)


@dataclass(frozen=True)
class ClassificationObjective:
    """Cross-entropy of logits, and the accuracy.

    Attributes:
        prepare: from the bytes of a batch to what the model wants.
        label_smoothing: share of the truth that is spread over all classes.
    """

    prepare: Callable[[Tensor], Tensor]
    label_smoothing: float = 0.0

    def __call__(self, model: nn.Module, batch: Any, /) -> Step:
        """Return the loss of a batch (inputs, labels)."""
        inputs, labels = batch
        logits = model(self.prepare(inputs))
        loss = functional.cross_entropy(logits, labels, label_smoothing=self.label_smoothing)
        accuracy = (logits.argmax(dim=1) == labels).float().mean()
        return Step(loss, len(labels), {"accuracy": accuracy})


@dataclass(frozen=True)
class ClassificationConfig:
    """A run of this recipe.

    Attributes:
        data: the pictures.
        network: what is trained.
        label_smoothing: share of the truth spread over all classes, default 0.
        trainer: how the network is trained.
    """

    data: ImageData = field(default_factory=ImageData)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    label_smoothing: float = 0.0
    trainer: TrainerSettings = field(default_factory=TrainerSettings)

    def __post_init__(self) -> None:
        smoothing = self.label_smoothing
        check_fields(self, label_smoothing=(0 <= smoothing < 1, "be in [0, 1)"))


def illustrate(examples: ImageExamples, prepare: Callable[[Tensor], Tensor]) -> Illustrate:
    """Return what shows how a model sees the first few examples."""
    chosen = [examples[index] for index in range(min(SHOWN, len(examples)))]

    def look(model: nn.Module) -> Sequence[Example]:
        device = next(model.parameters()).device
        inputs = torch.from_numpy(np.stack([image for image, _ in chosen])).to(device)
        probabilities = model(prepare(inputs)).softmax(dim=1).cpu()
        return [
            Example(
                input=torch.from_numpy(image) / 255,
                truth=torch.tensor(label),
                probability=probability,
                prediction=probability.argmax(),
                metrics={"accuracy": float(probability.argmax() == label)},
            )
            for (image, label), probability in zip(chosen, probabilities, strict=True)
        ]

    return look


def assemble(config: ClassificationConfig, _run_dir: Path) -> Assembly:
    """Return pictures, network and loss, wired."""
    data = config.data
    parts = data.open(config.trainer.seed)
    return Assembly(
        model=config.network.build(len(parts.classes), parts.channels),
        train=data.loader(parts.train, shuffle=True),
        valid=data.loader(parts.valid, shuffle=False),
        test=data.loader(parts.test, shuffle=False),
        objective=ClassificationObjective(parts.pixels, config.label_smoothing),
        illustrate=illustrate(parts.valid, parts.pixels),
    )


RECIPE = Recipe(ClassificationConfig, assemble)
