"""The recipe of transfer: a probe and fine-tuning; transfer beats training from scratch."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from praktikum.engine import LoggingSettings, SettingError, TrainerSettings
from praktikum.recipes.classification import ImageData
from praktikum.recipes.config import RunConfig, read_config
from praktikum.recipes.run import evaluate_run, train_run
from praktikum.recipes.transfer import RECIPE, BackboneSettings, TransferConfig
from praktikum.vision.published_weights import load_published

CONFIGS = Path(__file__).parents[2] / "configs"
QUIET = LoggingSettings(progress=False, scalars=False, hyperparameters=False, pictures=False)
TINY = TransferConfig(
    data=ImageData(labels_per_class=1, valid=10),
    backbone=BackboneSettings(size=32),
    trainer=TrainerSettings(epochs=1, logging=QUIET),
)
MARGIN = 0.10  # of accuracy, by which transfer-small is better than transfer-scratch


@pytest.mark.parametrize("name", ["transfer-small", "transfer-full"])
def test_the_configs_can_be_read(name):
    config = read_config(CONFIGS / f"{name}.toml").values
    assert isinstance(config, TransferConfig)
    assert config.trainer.monitor == "accuracy"


def test_a_probe_trains_a_head_that_fits_the_backbone(tmp_path):
    assembly = RECIPE.assemble(TINY, tmp_path)
    embeddings, labels = next(iter(assembly.valid))
    model, pixels = load_published("efficientnet-lite0")
    examples = TINY.data.open(TINY.trainer.seed).valid
    image, label = examples[3]
    with torch.no_grad():
        expected = model.embed(replace(pixels, size=32)(torch.from_numpy(image)[None]))
    torch.testing.assert_close(embeddings[3], expected[0], rtol=1e-3, atol=1e-4)
    assert labels[3] == label
    assert assembly.model(embeddings).shape == (10, 10)


def test_a_tiny_probe_can_be_evaluated(tmp_path):
    train_run(RunConfig("transfer", TINY), tmp_path / "run")
    assert set(evaluate_run(tmp_path / "run")) == {"loss", "accuracy"}


def test_fine_tuning_freezes_stages_and_slows_early_ones(tmp_path):
    config = replace(TINY, method="fine-tune", frozen=7, rate_decay=0.5)
    assembly = RECIPE.assemble(config, tmp_path)
    assert [group.lr_scale for group in assembly.parameters] == [1.0, 0.5, 0.25]
    trained = sum(p.numel() for p in assembly.model.parameters() if p.requires_grad)
    held = sum(p.numel() for group in assembly.parameters for p in group.parameters)
    assert trained == held < 2_000_000  # the last block, the last convolution and the head


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"frozen": 2}, "frozen=2 must be at least 0, and 0 with method='probe'"),
        ({"data": ImageData(flip=True)}, "be 'fine-tune' with shift or flip"),
        ({"rate_decay": 0.0}, "rate_decay=0.0 must be above 0"),
    ],
)
def test_settings_that_do_not_go_together_are_named(changes, said):
    with pytest.raises(SettingError, match=said):
        replace(TINY, **changes)


@pytest.mark.slow  # half a minute: the quality that the config states
def test_transfer_small_reaches_what_it_states(tmp_path):
    train_run(read_config(CONFIGS / "transfer-small.toml", ["progress=false"]), tmp_path)
    assert evaluate_run(tmp_path)["accuracy"] >= 0.72


@pytest.mark.slow  # two minutes: a small CNN is trained from scratch
def test_with_few_labels_transfer_beats_training_from_scratch(tmp_path):
    accuracy = {}
    for name in ("transfer-small", "transfer-scratch"):
        train_run(read_config(CONFIGS / f"{name}.toml", ["progress=false"]), tmp_path / name)
        accuracy[name] = evaluate_run(tmp_path / name)["accuracy"]
    assert accuracy["transfer-small"] >= accuracy["transfer-scratch"] + MARGIN
