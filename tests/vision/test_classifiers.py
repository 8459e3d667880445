"""Classifiers: published parameter counts and names, learning, saving, freezing."""

import pytest
import torch
from torch.nn import functional

from praktikum.vision.efficientnet_lite import EfficientNetLite0, SameConv2d
from praktikum.vision.errors import SettingError
from praktikum.vision.resnet import ResNet
from praktikum.vision.small_cnn import SmallCNN
from praktikum.vision.vgg import VGG

NETWORKS = {
    "small-cnn": (lambda: SmallCNN(n_classes=3, in_channels=3, width=8), 16),
    "resnet18": (lambda: ResNet(18, n_classes=3, stem="small"), 8),
    "resnet50": (lambda: ResNet(50, n_classes=3), 32),
    "vgg11": (lambda: VGG(11, n_classes=3, pooled=1, hidden=64, dropout=0.0), 32),
    "efficientnet-lite0": (lambda: EfficientNetLite0(n_classes=3, dropout=0.0), 32),
}


@pytest.fixture(params=list(NETWORKS))
def network(request):
    """A network for three classes, and pictures that it takes."""
    torch.manual_seed(0)
    build, side = NETWORKS[request.param]
    return build(), torch.randn(2, 3, side, side)


@pytest.mark.parametrize(
    ("build", "published"),
    [
        (lambda: ResNet(18), 11_689_512),
        (lambda: ResNet(34), 21_797_672),
        (lambda: ResNet(50), 25_557_032),
        (lambda: VGG(11, batch_norm=False), 132_863_336),
        (lambda: VGG(11, batch_norm=True), 132_868_840),
        (lambda: VGG(13, batch_norm=False), 133_047_848),
        (lambda: VGG(13, batch_norm=True), 133_053_736),
        (lambda: VGG(16, batch_norm=False), 138_357_544),
        (lambda: VGG(16, batch_norm=True), 138_365_992),
        (lambda: VGG(19, batch_norm=False), 143_667_240),
        (lambda: VGG(19, batch_norm=True), 143_678_248),
        (EfficientNetLite0, 4_652_008),
        # Worked by hand: 9·(16 + 16²) + 9·(16·32 + 32²) + 2·(2·16 + 2·32) + 32·10 + 10.
        (lambda: SmallCNN(10, in_channels=1, width=16, n_blocks=2), 16_794),
    ],
)
def test_there_are_as_many_parameters_as_published(build, published):
    with torch.device("meta"):  # counted without memory
        assert sum(parameter.numel() for parameter in build().parameters()) == published


def resnet_names(blocks, convolutions):
    """The names of torchvision's checkpoint, without what normalisation remembers."""
    names = {"conv1.weight", "bn1.weight", "bn1.bias", "fc.weight", "fc.bias"}
    for stage, repeats in enumerate(blocks, start=1):
        for block in range(repeats):
            place = f"layer{stage}.{block}"
            for number in range(1, convolutions + 1):
                names |= {f"{place}.conv{number}.weight"}
                names |= {f"{place}.bn{number}.weight", f"{place}.bn{number}.bias"}
            if block == 0 and (stage > 1 or convolutions == 3):
                names |= {f"{place}.downsample.{part}" for part in ("0.weight", "1.weight")}
                names |= {f"{place}.downsample.1.bias"}
    return names


def vgg_names(convolutions):
    layers = [*(f"features.{n}" for n in convolutions), *(f"classifier.{n}" for n in (0, 3, 6))]
    return {f"{layer}.{parameter}" for layer in layers for parameter in ("weight", "bias")}


@pytest.mark.parametrize(
    ("build", "names"),
    [
        pytest.param(lambda: ResNet(18), resnet_names((2, 2, 2, 2), 2), id="resnet18"),
        pytest.param(lambda: ResNet(34), resnet_names((3, 4, 6, 3), 2), id="resnet34"),
        pytest.param(lambda: ResNet(50), resnet_names((3, 4, 6, 3), 3), id="resnet50"),
        pytest.param(
            lambda: VGG(11, batch_norm=False), vgg_names((0, 3, 6, 8, 11, 13, 16, 18)), id="vgg11"
        ),
        pytest.param(
            lambda: VGG(16, batch_norm=False),
            vgg_names((0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)),
            id="vgg16",
        ),
        pytest.param(
            lambda: VGG(11, batch_norm=True),
            vgg_names((0, 1, 4, 5, 8, 9, 11, 12, 15, 16, 18, 19, 22, 23, 25, 26)),
            id="vgg11_bn",
        ),
    ],
)
def test_parameters_are_named_as_published(build, names):
    with torch.device("meta"):
        assert {name for name, _ in build().named_parameters()} == names


def test_pictures_become_embeddings_and_logits(network):
    model, images = network
    assert model(images).shape == (2, 3)
    assert model.embed(images).shape == (2, model.head.in_features)


def test_stages_and_head_hold_every_parameter_once(network):
    model, _ = network
    parts = [*model.stages(), model.head]
    held = [id(parameter) for part in parts for parameter in part.parameters()]
    assert sorted(held) == sorted(id(parameter) for parameter in model.parameters())


@pytest.mark.parametrize(
    ("name", "lr"),
    [
        ("small-cnn", 1e-2),
        ("resnet18", 3e-3),
        ("efficientnet-lite0", 3e-3),
        pytest.param("resnet50", 3e-3, marks=pytest.mark.slow),  # half a minute on a busy machine
        pytest.param("vgg11", 1e-3, marks=pytest.mark.slow),
    ],
)
def test_eight_examples_are_learnt_by_heart(name, lr):
    torch.manual_seed(0)
    build, side = NETWORKS[name]
    model, images = build(), torch.randn(8, 3, side, side)
    labels = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    losses = [1.0]
    while losses[-1] > 0.05 and len(losses) < 60:
        optimiser.zero_grad()
        loss = functional.cross_entropy(model(images), labels)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] <= 0.05


def test_saved_and_loaded_it_answers_the_same(network, tmp_path):
    model, images = network
    torch.save(model.state_dict(), tmp_path / "model.pt")
    torch.manual_seed(1)
    other = type(model)(**_settings(model))
    other.load_state_dict(torch.load(tmp_path / "model.pt", weights_only=True))
    torch.testing.assert_close(other.eval()(images), model.eval()(images), rtol=0, atol=0)


def _settings(model):
    """Return what a network of this test's list was built with."""
    return {
        SmallCNN: {"n_classes": 3, "in_channels": 3, "width": 8},
        VGG: {"depth": 11, "n_classes": 3, "pooled": 1, "hidden": 64},
        EfficientNetLite0: {"n_classes": 3},
        ResNet: {
            "depth": 50 if model.head.in_features == 2048 else 18,
            "n_classes": 3,
            "stem": "imagenet" if model.head.in_features == 2048 else "small",
        },
    }[type(model)]


def test_frozen_stages_change_by_no_bit_in_training(network):
    model, images = network
    model.freeze(2).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    frozen = {
        id(p) for stage in model.stages()[:2] for p in [*stage.parameters(), *stage.buffers()]
    }
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.SGD(trained, lr=0.1)
    model(images).square().sum().backward()
    optimiser.step()
    for name, value in model.state_dict(keep_vars=True).items():
        if id(value) in frozen:
            torch.testing.assert_close(value.detach(), before[name], rtol=0, atol=0)
    assert not torch.equal(model.head.weight, before[f"{model.HEAD}.weight"])


def test_frozen_stages_thaw(network):
    model, _ = network
    model.freeze(2).freeze(0).train()
    assert all(parameter.requires_grad for parameter in model.parameters())
    assert all(module.training for module in model.modules())


def test_a_new_head_is_for_other_classes(network):
    model, images = network
    old = model.embed(images)
    assert model.eval().replace_head(7)(images).shape == (2, 7)
    assert model.embed(images).shape == old.shape


@pytest.mark.parametrize("side", [9, 10, 11, 12])
@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (3, 2), (5, 1), (5, 2)])
def test_same_padding_puts_the_odd_pixel_last(side, kernel, stride):
    conv = SameConv2d(1, 1, kernel, stride, bias=False)
    image = torch.randn(1, 1, side, side)
    total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    framed = torch.zeros(1, 1, side + total, side + total)
    framed[:, :, total // 2 : total // 2 + side, total // 2 : total // 2 + side] = image
    expected = functional.conv2d(framed, conv.weight, stride=stride)
    torch.testing.assert_close(conv(image), expected)
    assert conv(image).shape[-1] == -(-side // stride)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ResNet(101), "ResNet has 18, 34, 50 layers, got 101"),
        (lambda: ResNet(18, stem="big"), "stem must be 'imagenet' or 'small', got 'big'"),
        (lambda: VGG(15), "VGG has 11, 13, 16, 19 layers, got 15"),
        (lambda: SmallCNN(width=0), "width=0"),
        (lambda: SmallCNN().freeze(4), "n_frozen=4: SmallCNN has 3 stages .* freeze 0 to 3"),
        (lambda: SmallCNN().replace_head(0), "n_classes=0 must be at least 1"),
    ],
)
def test_settings_that_cannot_be_are_named(call, said):
    with pytest.raises(SettingError, match=said):
        call()
