"""Learning rates by stage, embeddings, recorded features, pixels."""

import numpy as np
import pytest
import torch
from torch import nn

from praktikum.vision.errors import SettingError, ShapeError
from praktikum.vision.features import recorded
from praktikum.vision.pixels import Pixels, pixels_of
from praktikum.vision.resnet import ResNet
from praktikum.vision.small_cnn import SmallCNN
from praktikum.vision.transfer import discriminative_rates, embed_all


@pytest.fixture
def model():
    torch.manual_seed(0)
    return SmallCNN(n_classes=3, width=4)


def test_each_stage_learns_slower_than_the_next(model):
    rates = discriminative_rates(model, 0.5)
    assert [rate.scale for rate in rates] == [1.0, 0.5, 0.25, 0.125]
    assert rates[0].parameters == list(model.head.parameters())
    assert rates[3].parameters == list(model.blocks[0].parameters())


def test_all_that_is_trained_has_one_rate(model):
    rates = discriminative_rates(model.freeze(1), 0.5)
    held = [id(parameter) for rate in rates for parameter in rate.parameters]
    trained = [id(p) for p in model.parameters() if p.requires_grad]
    assert sorted(held) == sorted(trained)
    assert len(rates) == 3


@pytest.mark.parametrize("decay", [0.0, 1.5])
def test_a_decay_out_of_its_range_is_named(decay, model):
    with pytest.raises(SettingError, match=f"decay={decay} must be above 0 and at most 1"):
        discriminative_rates(model, decay)


def test_embeddings_come_in_order_in_evaluation_mode(model):
    images = torch.randint(0, 256, (7, 1, 8, 8), dtype=torch.uint8)
    pixels = Pixels((0.5,), (0.25,))
    model.train()
    found = embed_all(model, pixels, images.split(3))
    assert model.training
    assert not found.requires_grad
    torch.testing.assert_close(found, model.eval().embed(pixels(images)).detach())


def test_hooks_record_what_a_layer_computed_and_leave():
    model = ResNet(18, n_classes=2, stem="small").eval()
    images = torch.randn(1, 3, 16, 16)
    with recorded(model, ["layer1", "layer2.0.bn1"]) as features:
        logits = model(images)
    expected = model.layer1(model.stages()[0](images))
    torch.testing.assert_close(features["layer1"], expected.detach())
    # What normalisation gave has negative values: the ReLU behind it, in place, came later.
    assert features["layer2.0.bn1"].min() < 0
    torch.testing.assert_close(model(images), logits)
    assert all(not module._forward_hooks for module in model.modules())


def test_hooks_leave_after_an_error_too(model):
    with pytest.raises(RuntimeError), recorded(model, ["fc"]):
        model(torch.zeros(1, 5, 8, 8))
    assert not model.fc._forward_hooks


def test_features_can_be_differentiated(model):
    images = torch.randn(1, 1, 8, 8, requires_grad=True)
    with recorded(model, ["blocks.0"], detach=False) as features:
        model(images)
    features["blocks.0"].sum().backward()
    assert images.grad.abs().sum() > 0


def test_an_unknown_layer_is_named(model):
    with (
        pytest.raises(SettingError, match="no layer layer9 in the model; it begins with blocks"),
        recorded(model, ["layer9"]),
    ):
        pass


def test_pixels_are_standardised_by_channel():
    images = np.random.default_rng(0).integers(0, 256, (50, 3, 4, 4), np.uint8)
    images[:, 1] //= 2
    x = pixels_of(images)(torch.from_numpy(images))
    torch.testing.assert_close(x.mean(dim=(0, 2, 3)), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(x.std(dim=(0, 2, 3), correction=0), torch.ones(3))


def test_a_grey_picture_fills_all_channels_and_is_scaled():
    grey = torch.randint(0, 256, (2, 1, 8, 8), dtype=torch.uint8)
    x = Pixels((0.5, 0.5, 0.25), (0.25, 0.5, 0.5), size=16)(grey)
    scaled = nn.functional.interpolate(grey / 255, (16, 16), mode="bilinear", antialias=True)
    torch.testing.assert_close(x[:, 2:], (scaled - 0.25) / 0.5)
    assert x.shape == (2, 3, 16, 16)


def test_another_number_of_channels_is_named():
    with pytest.raises(ShapeError, match="pictures have 4 channels, the network wants 3"):
        Pixels((0.5,) * 3, (0.5,) * 3)(torch.zeros(1, 4, 8, 8, dtype=torch.uint8))
