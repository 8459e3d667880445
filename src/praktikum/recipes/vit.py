"""Classification of pictures by a Transformer, trained from its initial weights.

The report sets the accuracy beside those of the most frequent class and of logistic regression on
pixels. A small Transformer knows nothing of neighbourhood before it has learned it: on few pictures
a convolutional network (`classification`) does better, and shifted copies help.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from praktikum.data import ImageExamples
from praktikum.engine import TrainerSettings, check_fields
from praktikum.engine.report import Comparison
from praktikum.recipes.classification import (
    ClassificationObjective,
    ImageData,
    ImageParts,
    illustrate,
)
from praktikum.recipes.registry import Assembly, Recipe
from praktikum.sequence import ViT, ViTClassifier, ViTConfig

__all__ = ["RECIPE", "ViTRunConfig", "ViTSettings", "simpler_methods"]

STRENGTHS = (0.003, 0.03, 0.3, 3.0)  # of logistic regression: the inverse of its penalty
MOST = 10_000  # pictures that logistic regression learns from


@dataclass(frozen=True)
class ViTSettings:
    """The network; see `ViTConfig`.

    Attributes:
        patch_size: height and width of a patch, pixels, default 2; it divides those of a picture.
        d_model: size of a patch's vector, default 64.
        n_layers: default 4.
        n_heads: of attention, default 4.
        d_feedforward: size of a layer's hidden layer, default 4 times ``d_model``.
        dropout: share of what blocks add, default 0.1.
        init_std: deviation of the weights at the start, default 0.1; the 0.02 of published models
            suits a ``d_model`` of 768, smaller ones learn faster from about 1 / sqrt(d_model).
    """

    patch_size: int = 2
    d_model: int = 64
    n_layers: int = 4
    n_heads: int = 4
    d_feedforward: int | None = None
    dropout: float = 0.1
    init_std: float = 0.1

    def __post_init__(self) -> None:
        sizes = {name: getattr(self, name) for name in ("patch_size", "d_model", "n_layers")}
        hidden = self.d_feedforward
        divides = self.n_heads >= 1 and self.d_model % self.n_heads == 0
        check_fields(
            self,
            **{name: (size >= 1, "be at least 1") for name, size in sizes.items()},
            n_heads=(divides, f"be at least 1 and divide d_model={self.d_model}"),
            d_feedforward=(hidden is None or hidden >= 1, "be at least 1"),
            dropout=(0 <= self.dropout < 1, "be in [0, 1)"),
            init_std=(self.init_std > 0, "be above 0"),
        )

    def build(self, image_size: int, n_channels: int, n_classes: int) -> ViTClassifier:
        """Return the network, untrained. Raises SettingError: patches do not fill a picture."""
        config = ViTConfig(
            image_size=image_size,
            n_channels=n_channels,
            patch_size=self.patch_size,
            d_model=self.d_model,
            n_layers=self.n_layers,
            n_heads=self.n_heads,
            d_feedforward=self.d_feedforward,
            dropout=self.dropout,
            init_std=self.init_std,
        )
        return ViTClassifier(ViT(config), n_classes)


@dataclass(frozen=True)
class ViTRunConfig:
    """A run of this recipe.

    Attributes:
        data: the pictures, as high as wide.
        network: what is trained.
        label_smoothing: share of the truth spread over all classes, default 0.
        trainer: how the network is trained.
    """

    data: ImageData = field(default_factory=ImageData)
    network: ViTSettings = field(default_factory=ViTSettings)
    label_smoothing: float = 0.0
    trainer: TrainerSettings = field(default_factory=TrainerSettings)

    def __post_init__(self) -> None:
        smoothing = self.label_smoothing
        check_fields(self, label_smoothing=(0 <= smoothing < 1, "be in [0, 1)"))


def simpler_methods(parts: ImageParts) -> dict[str, dict[str, float]]:
    """Return the accuracy on test pictures of the most frequent class and of logistic regression.

    Of several strengths of its penalty, that is taken which does best on the validation pictures.
    """
    train, valid, test = map(_pixels_and_classes, parts[:3])
    frequent = np.bincount(train[1]).argmax()
    scale = StandardScaler().fit(train[0])
    models = [
        LogisticRegression(C=strength, max_iter=2000).fit(scale.transform(train[0]), train[1])
        for strength in STRENGTHS
    ]
    best = max(models, key=lambda model: model.score(scale.transform(valid[0]), valid[1]))
    reached = {
        "most frequent class": float(np.mean(test[1] == frequent)),
        "logistic regression on pixels": best.score(scale.transform(test[0]), test[1]),
    }
    return {name: {"accuracy": accuracy} for name, accuracy in reached.items()}


def _pixels_and_classes(examples: ImageExamples) -> tuple[np.ndarray, np.ndarray]:
    """Return the pictures as they are, each a row, and their classes; at most `MOST` of them."""
    pairs = [examples.images[index] for index in range(min(MOST, len(examples)))]
    rows = np.stack([image.ravel() for image, _ in pairs]).astype(np.float64)
    return rows, np.array([label for _, label in pairs])


def assemble(config: ViTRunConfig, _run_dir: Path) -> Assembly:
    """Return pictures, network and loss, wired."""
    data = config.data
    parts = data.open(config.trainer.seed)
    image_size = parts.train[0][0].shape[1]

    def compare(reached: Mapping[str, float]) -> Comparison:
        return {"this run (ViT)": {"accuracy": reached["accuracy"]}} | simpler_methods(parts)

    return Assembly(
        model=config.network.build(image_size, parts.channels, len(parts.classes)),
        train=data.loader(parts.train, shuffle=True),
        valid=data.loader(parts.valid, shuffle=False),
        test=data.loader(parts.test, shuffle=False),
        objective=ClassificationObjective(parts.pixels, config.label_smoothing),
        illustrate=illustrate(parts.valid, parts.pixels),
        compare=compare,
    )


RECIPE = Recipe(ViTRunConfig, assemble)
