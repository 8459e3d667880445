"""The recipe of classification: what a config becomes, and runs from end to end."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from praktikum.engine import LoggingSettings, SettingError, TrainerSettings
from praktikum.recipes.classification import (
    RECIPE,
    ClassificationConfig,
    ClassificationObjective,
    ImageData,
    NetworkSettings,
)
from praktikum.recipes.config import RunConfig, read_config
from praktikum.recipes.run import evaluate_run, train_run
from praktikum.vision.vgg import VGG

CONFIGS = Path(__file__).parents[2] / "configs"
QUIET = LoggingSettings(progress=False, scalars=False, hyperparameters=False, pictures=False)
TINY = ClassificationConfig(
    data=ImageData(labels_per_class=4, valid=20, shift=1),
    network=NetworkSettings(width=4, blocks=2),
    trainer=TrainerSettings(epochs=1, logging=QUIET),
)


@pytest.mark.parametrize(
    "name",
    [
        "classification-small",
        "classification-fashion",
        "classification-full",
        "transfer-scratch",
    ],
)
def test_the_configs_can_be_read(name):
    config = read_config(CONFIGS / f"{name}.toml").values
    assert isinstance(config, ClassificationConfig)
    assert config.trainer.monitor == "accuracy"
    assert config.trainer.higher_is_better


def test_a_tiny_run_leaves_a_model_that_can_be_evaluated(tmp_path):
    history = train_run(RunConfig("classification", TINY), tmp_path / "run")
    values = evaluate_run(tmp_path / "run")
    assert set(values) == {"loss", "accuracy"}
    assert history.n_parameters == sum(
        parameter.numel() for parameter in TINY.network.build(10, 1).parameters()
    )


def test_the_parts_share_no_picture_and_repeat_with_the_seed():
    data = ImageData(labels_per_class=4, valid=20)
    parts, again, other = data.open(seed=1), data.open(seed=1), data.open(seed=2)
    pictures = [
        {image.tobytes() for image in part.images.images}
        for part in (parts.train, parts.valid, parts.test)
    ]
    assert [len(part) for part in pictures] == [40, 20, 450]
    assert len(set.union(*pictures)) == 510
    np.testing.assert_array_equal(parts.train.images.images, again.train.images.images)
    assert (parts.train.images.images != other.train.images.images).any()


def test_only_training_pictures_are_shifted():
    parts = TINY.data.open(seed=0)
    assert parts.train.augmentation is not None
    assert parts.valid.augmentation is parts.test.augmentation is None


def test_the_loss_and_the_accuracy_are_means_over_the_batch():
    logits = torch.tensor([[2.0, 0.0], [0.0, 1.0], [3.0, 0.0]])
    objective = ClassificationObjective(prepare=lambda inputs: inputs)
    step = objective(nn.Identity(), (logits, torch.tensor([0, 1, 1])))
    by_hand = np.mean([np.log1p(np.exp(-2)), np.log1p(np.exp(-1)), np.log1p(np.exp(3))])
    assert step.size == 3
    assert step.loss.item() == pytest.approx(by_hand)
    assert step.metrics["accuracy"].item() == pytest.approx(2 / 3)


def test_a_folder_of_pictures_can_be_learnt(tmp_path):
    for part in ("train", "valid", "test"):
        for name, colour in {"blue": (0, 0, 255), "red": (255, 0, 0)}.items():
            (tmp_path / part / name).mkdir(parents=True)
            for number in range(3):
                Image.new("RGB", (20, 30), colour).save(tmp_path / part / name / f"{number}.png")
    data = ImageData("folder", tmp_path, size=8)
    config = replace(TINY, data=data, trainer=replace(TINY.trainer, epochs=30))
    train_run(RunConfig("classification", config), tmp_path / "run")
    assert evaluate_run(tmp_path / "run")["accuracy"] == 1.0


@pytest.mark.parametrize("name", ["small-cnn", "resnet18", "vgg11"])
def test_every_network_takes_its_pictures(name):
    side = 32 if name == "vgg11" else 8
    model = NetworkSettings(name, width=4).build(n_classes=5, channels=1)
    assert model(torch.zeros(2, 1, side, side)).shape == (2, 5)
    assert isinstance(model, VGG) == (name == "vgg11")


def test_fixed_examples_show_what_the_model_sees(tmp_path):
    assembly = RECIPE.assemble(TINY, tmp_path)
    with torch.no_grad():
        examples = assembly.illustrate(assembly.model.eval())
    assert len(examples) == 4
    for example in examples:
        assert example.input.shape == (1, 8, 8)
        assert example.input.max() <= 1
        assert example.probability.sum().item() == pytest.approx(1)
        assert example.metrics["accuracy"] == float(example.prediction == example.truth)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: ImageData(valid=0), "valid=0 must be at least 1"),
        (lambda: ImageData(name="folder", labels_per_class=3), "and none with name='folder'"),
        (lambda: ImageData(shift=-1), "shift=-1 must be at least 0 pixels"),
        (lambda: NetworkSettings(dropout=1.0), r"dropout=1.0 must be in \[0, 1\)"),
        (lambda: ClassificationConfig(label_smoothing=1), "label_smoothing=1 must be in"),
    ],
)
def test_settings_out_of_their_range_are_named(make, said):
    with pytest.raises(SettingError, match=said):
        make()


@pytest.mark.slow  # half a minute: the quality that the config states
def test_classification_small_reaches_what_it_states(tmp_path):
    config = read_config(CONFIGS / "classification-small.toml", ["progress=false"])
    train_run(config, tmp_path)
    assert evaluate_run(tmp_path)["accuracy"] >= 0.98
