"""Segmentation of people: U-Net or LinkNet on made-up or real photos.

Of the made-up pictures, validation ones are drawn over the same scenes as training ones but show
other figures; test ones also have scenes, fabrics and faces that training never shows. Real
photos are divided at random, by the run's seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Subset

from praktikum.data.photos import PhotosDataset
from praktikum.data.photos_online import open_photos
from praktikum.data.photos_reading import Foreground
from praktikum.data.silhouettes import SilhouettesDataset
from praktikum.data.silhouettes_textures import scenes
from praktikum.engine import Example, Step, TrainerSettings
from praktikum.engine.errors import SettingError, check_fields
from praktikum.recipes.registry import Assembly, Recipe
from praktikum.vision.augmentation import (
    Augmentation,
    BackgroundReplacement,
    Brightness,
    Compose,
    HorizontalFlip,
    RandomCrop,
    Resize,
)
from praktikum.vision.encoder import load_vgg13_weights
from praktikum.vision.linknet import LinkNet
from praktikum.vision.postprocessing import (
    PostProcessing,
    filled_holes,
    large_components,
    measure_gain,
    smoothed_borders,
)
from praktikum.vision.segmentation_data import AugmentedPairs, Pairs, denormalised
from praktikum.vision.segmentation_losses import BCEDiceLoss
from praktikum.vision.segmentation_metrics import IoUScore
from praktikum.vision.unet import UNet
from praktikum.vision.upsampling import UpsamplingKind

__all__ = [
    "RECIPE",
    "AugmentationSettings",
    "DataSettings",
    "ModelSettings",
    "RepairObjective",
    "SegmentationConfig",
    "SegmentationObjective",
    "illustrate",
]

Parts = tuple[Pairs, Pairs, Pairs]

REPAIRS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "borders smoothed": smoothed_borders,
    "largest piece only": large_components,
    "pieces of a tenth and more": partial(large_components, share=0.1),
    "holes up to 30 pixels filled": partial(filled_holes, max_area=30),
    "borders, pieces, holes": PostProcessing(radius=1, share=0.1, max_hole=30),
}


@dataclass(frozen=True)
class DataSettings:
    """Which pictures.

    Attributes:
        source: ``silhouettes``, drawn by the program; ``folder``, your own photos; or a
            published set, ``penn-fudan`` or ``portraits``. Default ``silhouettes``.
        height, width: pixels that every picture is brought to, default 96 and 72.
        train, valid, test: pictures in each part; of real photos ``train`` is what the other
            two leave. Default 800, 100 and 200.
        images_dir, target_dir: of the source ``folder``, see `PhotosDataset`.
        foreground: what of a mask of the source ``folder`` counts, see `read_mask`.
        folder: where published sets are kept, default ``var/data``.
        download: fetch a published set that isn't there, default false.
    """

    source: Literal["silhouettes", "folder", "penn-fudan", "portraits"] = "silhouettes"
    height: int = 96
    width: int = 72
    train: int = 800
    valid: int = 100
    test: int = 200
    images_dir: Path | None = None
    target_dir: Path | None = None
    foreground: Foreground = "half"
    folder: Path = Path("var/data")
    download: bool = False

    def __post_init__(self) -> None:
        folders = [self.images_dir, self.target_dir].count(None)
        check_fields(
            self,
            height=(self.height >= 1, "be at least 1 pixel"),
            width=(self.width >= 1, "be at least 1 pixel"),
            train=(self.train >= 1, "be at least 1"),
            valid=(self.valid >= 1, "be at least 1"),
            test=(self.test >= 1, "be at least 1"),
            source=(
                folders == (0 if self.source == "folder" else 2),
                "be 'folder' if and only if images_dir and target_dir are given",
            ),
        )


@dataclass(frozen=True)
class ModelSettings:
    """Which network.

    Attributes:
        name: ``unet`` or ``linknet``, default ``unet``.
        num_blocks: levels of the encoder, 1 to 5, default 3.
        width: channels of the first level, default 64, as in VGG-13.
        upsampling: ``nearest`` with a convolution, or ``transposed``; default ``nearest``.
        batch_norm: normalise after convolutions, default false.
        encoder_weights: a safetensors file with the published weights of VGG-13, default none.
    """

    name: Literal["unet", "linknet"] = "unet"
    num_blocks: int = 3
    width: int = 64
    upsampling: UpsamplingKind = "nearest"
    batch_norm: bool = False
    encoder_weights: Path | None = None

    def __post_init__(self) -> None:
        check_fields(
            self,
            num_blocks=(1 <= self.num_blocks <= 5, "be 1 to 5"),
            width=(self.width >= 1, "be at least 1"),
            encoder_weights=(
                self.encoder_weights is None or self.width == 64,
                "be none unless width=64, for which the weights are",
            ),
        )


@dataclass(frozen=True)
class AugmentationSettings:
    """What is done to training pictures.

    Attributes:
        flip: probability of a horizontal flip, default 0.5.
        brightness: largest change, as a share of full scale; made to half of the pictures.
            Default 0.15.
        background: probability that the background becomes one of the training scenes of the
            made-up pictures, default 0.
        crop_height, crop_width: pixels of a random part to train on, default all.
    """

    flip: float = 0.5
    brightness: float = 0.15
    background: float = 0.0
    crop_height: int | None = None
    crop_width: int | None = None

    def __post_init__(self) -> None:
        check_fields(
            self,
            flip=(0 <= self.flip <= 1, "be a probability"),
            brightness=(0 <= self.brightness <= 1, "be a share from 0 to 1"),
            background=(0 <= self.background <= 1, "be a probability"),
            crop_width=(
                (self.crop_width is None) == (self.crop_height is None),
                "be given together with crop_height",
            ),
        )

    def build(self) -> Augmentation:
        """Return the augmentations in their order."""
        steps: list[Augmentation] = []
        if self.background:
            steps.append(BackgroundReplacement(scenes("train"), self.background))
        if self.crop_height is not None and self.crop_width is not None:
            steps.append(RandomCrop(self.crop_height, self.crop_width))
        return Compose([*steps, HorizontalFlip(self.flip), Brightness(self.brightness)])


@dataclass(frozen=True)
class SegmentationConfig:
    """A run of this recipe.

    Attributes:
        data: the pictures.
        model: the network.
        augmentation: of training pictures.
        bce_weight, dice_weight: of the two parts of the loss, default 0.5 and 0.5.
        batch_size: pictures in a batch, default 16.
        workers: processes that load pictures, default 0 (the run's own).
        trainer: how the model is trained.
    """

    data: DataSettings = field(default_factory=DataSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    augmentation: AugmentationSettings = field(default_factory=AugmentationSettings)
    bce_weight: float = 0.5
    dice_weight: float = 0.5
    batch_size: int = 16
    workers: int = 0
    trainer: TrainerSettings = field(default_factory=TrainerSettings)

    def __post_init__(self) -> None:
        check_fields(
            self,
            bce_weight=(self.bce_weight >= 0, "be at least 0"),
            dice_weight=(
                self.dice_weight >= 0 and self.bce_weight + self.dice_weight > 0,
                "be at least 0, and not 0 together with bce_weight",
            ),
            batch_size=(self.batch_size >= 1, "be at least 1"),
            workers=(self.workers >= 0, "be at least 0"),
        )


class SegmentationObjective:
    """BCE and Dice of the logits; the metric ``iou`` is the mean of the pictures' IoU."""

    def __init__(self, bce_weight: float, dice_weight: float) -> None:
        self.loss = BCEDiceLoss(bce_weight, dice_weight)
        self.iou = IoUScore()

    def __call__(self, model: nn.Module, batch: tuple[Tensor, Tensor], /) -> Step:
        """Return the loss of the model's logits, the size of the batch, and the metric ``iou``."""
        images, masks = batch
        logits = model(images)
        return Step(self.loss(logits, masks), len(images), {"iou": self.iou(logits, masks)})


class RepairObjective:
    """The objective, and the IoU that the pictures reach after each repair of `postprocessing`.

    So `praktikum evaluate` says what post-processing is good for, with this model on these data.
    """

    def __init__(self, objective: SegmentationObjective) -> None:
        self.objective = objective

    def __call__(self, model: nn.Module, batch: tuple[Tensor, Tensor], /) -> Step:
        """Return the objective's step, with a metric more for each of `REPAIRS`."""
        images, masks = batch
        logits = model(images)
        step = self.objective(nn.Identity(), (logits, masks))
        predicted, target = ((part[:, 0] > 0).cpu().numpy() for part in (logits, masks))
        repaired = {
            f"iou, {name}": torch.tensor(measure_gain(predicted, target, repair).after)
            for name, repair in REPAIRS.items()
        }
        return Step(step.loss, step.size, {**step.metrics, **repaired})


def assemble(config: SegmentationConfig, run_dir: Path) -> Assembly:
    """Return the run that `config` describes; nothing is put into `run_dir`."""
    del run_dir
    seed = config.trainer.seed
    train, valid, test = _parts(config.data, seed)
    augmented = AugmentedPairs(train, config.augmentation.build(), seed=seed)
    held_out = [AugmentedPairs(part) for part in (valid, test)]
    objective = SegmentationObjective(config.bce_weight, config.dice_weight)
    loader = partial(DataLoader, batch_size=config.batch_size, num_workers=config.workers)
    return Assembly(
        model=_model(config.model),
        train=loader(augmented, shuffle=True),
        valid=loader(held_out[0]),
        objective=objective,
        judge=RepairObjective(objective),
        test=loader(held_out[1]),
        illustrate=partial(illustrate, pairs=Subset(held_out[0], range(min(4, config.data.valid)))),
    )


def illustrate(model: nn.Module, pairs: Pairs) -> Sequence[Example]:
    """Return the pairs as the model sees them now."""
    device = next(model.parameters()).device
    score = IoUScore()
    examples = []
    for index in range(len(pairs)):
        image, mask = (part.to(device) for part in pairs[index])
        logits = model(image[None])
        examples.append(
            Example(
                input=denormalised(image).clamp(0, 1),
                truth=mask[0],
                probability=torch.sigmoid(logits[0, 0]),
                prediction=(logits[0, 0] > 0).float(),
                metrics={"iou": float(score(logits, mask[None]))},
            )
        )
    return examples


def _model(settings: ModelSettings) -> nn.Module:
    network = UNet if settings.name == "unet" else LinkNet
    model = network(
        num_blocks=settings.num_blocks,
        width=settings.width,
        upsampling=settings.upsampling,
        batch_norm=settings.batch_norm,
    )
    if settings.encoder_weights is not None:
        load_vgg13_weights(model.encoder, settings.encoder_weights)
    return model


def _parts(data: DataSettings, seed: int) -> Parts:
    """What to train on, to choose the best epoch by, and to judge the result by."""
    if data.source == "silhouettes":
        draw = partial(SilhouettesDataset, height=data.height, width=data.width)
        return (
            draw(data.train, seed=seed),
            draw(data.valid, seed=seed + 1),
            draw(data.test, seed=seed, split="test"),
        )
    resize = Resize(data.height, data.width)
    if data.images_dir is not None and data.target_dir is not None:
        photos = PhotosDataset(data.images_dir, data.target_dir, resize, foreground=data.foreground)
    else:
        photos = open_photos(data.source, data.folder, data.download, resize)
    return _divided(photos, data, seed)


def _divided(photos: PhotosDataset, data: DataSettings, seed: int) -> Parts:
    held_out = data.valid + data.test
    if held_out >= len(photos):
        raise SettingError(
            f"valid={data.valid} and test={data.test} leave none of {len(photos)} photos to train "
            "on; make them less"
        )
    order = np.random.default_rng(seed).permutation(len(photos)).tolist()
    test, valid = order[: data.test], order[data.test : held_out]
    return Subset(photos, order[held_out:]), Subset(photos, valid), Subset(photos, test)


RECIPE = Recipe(SegmentationConfig, assemble)
