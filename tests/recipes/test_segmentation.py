"""The recipe of segmentation: what a config becomes, and a run from end to end."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from praktikum.engine import TrainerSettings
from praktikum.engine.errors import SettingError
from praktikum.engine.logging.settings import LoggingSettings
from praktikum.recipes.config import read_config
from praktikum.recipes.run import evaluate_run, train_run
from praktikum.recipes.segmentation import (
    RECIPE,
    AugmentationSettings,
    DataSettings,
    ModelSettings,
    RepairObjective,
    SegmentationConfig,
    SegmentationObjective,
)
from praktikum.vision.linknet import LinkNet
from praktikum.vision.segmentation_losses import BCEDiceLoss
from praktikum.vision.segmentation_metrics import IoUScore

CONFIGS = Path(__file__).parents[2] / "configs"
TINY = SegmentationConfig(
    data=DataSettings(height=16, width=12, train=4, valid=3, test=2),
    model=ModelSettings(num_blocks=2, width=4),
    batch_size=2,
    trainer=TrainerSettings(epochs=1, logging=LoggingSettings(progress=False)),
)


@pytest.fixture
def photos(tmp_path):
    """A folder of seven photos and masks of different sizes."""
    images, masks = tmp_path / "images", tmp_path / "masks"
    images.mkdir()
    masks.mkdir()
    rng = np.random.default_rng(0)
    for number in range(7):
        image = rng.integers(0, 256, (20 + number, 30, 3), dtype=np.uint8)
        Image.fromarray(image).save(images / f"{number}.png")
        Image.fromarray((image[..., 0] > 127).astype(np.uint8) * 255).save(masks / f"{number}.png")
    return DataSettings("folder", 16, 12, valid=2, test=2, images_dir=images, target_dir=masks)


@pytest.mark.parametrize("name", ["segmentation-small", "segmentation-full"])
def test_the_configs_can_be_read(name):
    config = read_config(CONFIGS / f"{name}.toml").values
    assert isinstance(config, SegmentationConfig)
    assert config.trainer.monitor == "iou"
    assert config.trainer.higher_is_better


def test_a_tiny_run_leaves_a_model_that_can_be_evaluated(tmp_path):
    text = (
        'recipe = "segmentation"\nbatch_size = 2\n'
        "[data]\nheight = 16\nwidth = 12\ntrain = 4\nvalid = 3\ntest = 2\n"
        "[model]\nnum_blocks = 2\nwidth = 4\n"
        "[trainer]\nepochs = 2\nmonitor = 'iou'\nhigher_is_better = true\n"
        "[trainer.logging]\nprogress = false\n"
    )
    (tmp_path / "tiny.toml").write_text(text)
    history = train_run(read_config(tmp_path / "tiny.toml"), tmp_path / "run")
    assert len(history.epochs) == 2
    means = evaluate_run(tmp_path / "run")
    assert 0 <= means["iou"] <= 1
    report = (tmp_path / "run" / "report.md").read_text()
    assert "## The best epoch's weights on test data" in report
    assert f"| iou, borders smoothed | {means['iou, borders smoothed']:.4f} |" in report


def test_the_objective_is_bce_with_dice_and_counts_its_pictures():
    run = RECIPE.assemble(replace(TINY, bce_weight=0.2, dice_weight=0.8), Path())
    images, masks = next(iter(run.test))
    step = run.objective(run.model, (images, masks))
    torch.testing.assert_close(step.loss, BCEDiceLoss(0.2, 0.8)(run.model(images), masks))
    torch.testing.assert_close(step.metrics["iou"], IoUScore()(run.model(images), masks))
    assert step.size == 2


def test_judging_says_what_each_repair_gains():
    logits, masks = torch.full((2, 1, 12, 9), -1.0), torch.zeros(2, 1, 12, 9)
    masks[:, :, 2:10, 2:7] = 1  # 40 pixels
    logits[masks == 1] = 1
    logits[0, 0, 5, 4] = -1  # a hole
    logits[1, 0, 0, 8] = 1  # a crumb
    step = RepairObjective(SegmentationObjective(1.0, 0.0))(nn.Identity(), (logits, masks))
    assert step.metrics["iou"].item() == pytest.approx((39 / 40 + 40 / 41) / 2)
    assert step.metrics["iou, largest piece only"].item() == pytest.approx((39 / 40 + 1) / 2)
    filled = step.metrics["iou, holes up to 30 pixels filled"].item()
    assert filled == pytest.approx((1 + 40 / 41) / 2)
    expected = SegmentationObjective(1.0, 0.0)(nn.Identity(), (logits, masks))
    torch.testing.assert_close(step.loss, expected.loss)


def test_only_training_pictures_are_augmented_and_shuffled():
    settings = AugmentationSettings(flip=1.0, brightness=0, crop_height=8, crop_width=8)
    run = RECIPE.assemble(replace(TINY, augmentation=settings), Path())
    assert next(iter(run.train))[0].shape == (2, 3, 8, 8)
    assert next(iter(run.valid))[0].shape == (2, 3, 16, 12)
    first, second = (torch.cat([images for images, _ in run.test]) for _ in range(2))
    torch.testing.assert_close(first, second)


def test_new_backgrounds_are_real_scenes():
    plain = RECIPE.assemble(replace(TINY, augmentation=AugmentationSettings(0, 0)), Path())
    replaced = AugmentationSettings(0, 0, background=1.0)
    other = RECIPE.assemble(replace(TINY, augmentation=replaced), Path())
    (before, mask), (after, _) = plain.train.dataset[1], other.train.dataset[1]
    changed = (before != after).any(dim=0)
    assert not changed[mask[0] == 1].any()
    assert changed[mask[0] == 0].float().mean() > 0.9


def test_photos_are_divided_into_parts_that_share_none(photos):
    run = RECIPE.assemble(replace(TINY, data=photos), Path())
    parts = [loader.dataset.pairs.indices for loader in (run.train, run.valid, run.test)]
    assert [len(part) for part in parts] == [3, 2, 2]
    assert sorted(index for part in parts for index in part) == list(range(7))


def test_photos_of_all_sizes_make_batches(photos):
    images, masks = next(iter(RECIPE.assemble(replace(TINY, data=photos), Path()).train))
    assert images.shape == (2, 3, 16, 12)
    assert masks.unique().tolist() == [0, 1]


def test_parts_that_leave_nothing_to_train_on_are_refused(photos):
    with pytest.raises(SettingError, match="valid=5 and test=2 leave none of 7 photos"):
        RECIPE.assemble(replace(TINY, data=replace(photos, valid=5)), Path())


def test_the_network_is_the_one_that_was_asked_for():
    settings = ModelSettings("linknet", num_blocks=2, width=4)
    assert isinstance(RECIPE.assemble(replace(TINY, model=settings), Path()).model, LinkNet)


def test_examples_show_the_picture_the_truth_and_the_prediction():
    run = RECIPE.assemble(replace(TINY, data=replace(TINY.data, valid=4)), Path())
    with torch.no_grad():
        example = run.illustrate(run.model.eval())[0]
    drawn, mask = run.valid.dataset.pairs[0]
    np.testing.assert_allclose(example.input.permute(1, 2, 0), drawn / 255, atol=1e-5)
    np.testing.assert_array_equal(example.truth, mask)
    np.testing.assert_array_equal(example.prediction, example.probability > 0.5)
    assert set(example.metrics) == {"iou"}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DataSettings(height=0), "height=0 must be at least 1 pixel"),
        (lambda: DataSettings("folder"), "if and only if images_dir and target_dir are given"),
        (lambda: ModelSettings(num_blocks=6), "num_blocks=6 must be 1 to 5"),
        (
            lambda: ModelSettings(width=8, encoder_weights=Path("w")),
            "must be none unless width=64",
        ),
        (lambda: AugmentationSettings(flip=2), "flip=2 must be a probability"),
        (lambda: AugmentationSettings(crop_height=4), "be given together with crop_height"),
        (lambda: SegmentationConfig(bce_weight=0, dice_weight=0), "not 0 together with bce_weight"),
        (lambda: SegmentationConfig(batch_size=0), "batch_size=0 must be at least 1"),
    ],
)
def test_settings_out_of_range_are_refused(make, message):
    with pytest.raises(SettingError, match=message):
        make()
