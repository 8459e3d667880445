"""U-Net, LinkNet, their encoder and the ways to double a feature map."""

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from praktikum.vision.encoder import VGG13Encoder, load_vgg13_weights
from praktikum.vision.errors import SettingError, WeightsError
from praktikum.vision.he_initialisation import initialise_for_relu
from praktikum.vision.linknet import LinkNet
from praktikum.vision.segmentation_losses import BCEDiceLoss
from praktikum.vision.segmentation_metrics import IoUScore
from praktikum.vision.unet import UNet
from praktikum.vision.upsampling import (
    NearestUpsampling,
    TransposedUpsampling,
    checkerboard_contrast,
    make_upsampling,
    overlap_counts,
)

NETWORKS = [UNet, LinkNet]
UPSAMPLINGS = ["nearest", "transposed"]


def n_parameters(module):
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(("num_blocks", "count"), [(1, 38_720), (2, 260_160), (3, 1_145_408)])
def test_the_encoder_has_the_parameters_of_vgg_13(num_blocks, count):
    assert n_parameters(VGG13Encoder(num_blocks)) == count


@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
def test_the_unet_of_the_course_has_2067649_parameters(upsampling):
    unet = UNet(num_classes=1, num_blocks=3, upsampling=upsampling)
    assert n_parameters(unet) == 2_067_649
    assert n_parameters(unet.encoder) == 1_145_408


def test_linknet_is_lighter_than_unet_on_the_same_encoder():
    assert n_parameters(LinkNet().encoder) == n_parameters(UNet().encoder)
    assert n_parameters(LinkNet()) < n_parameters(UNet())


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (7, 5), (33, 50), (48, 64)])
@pytest.mark.parametrize("num_blocks", [1, 3, 5])
def test_an_image_of_any_size_gets_logits_of_its_size(network, upsampling, size, num_blocks):
    model = network(2, num_blocks, width=4, upsampling=upsampling)
    assert model(torch.zeros(2, 3, *size)).shape == (2, 2, *size)


def test_the_encoder_halves_between_blocks_and_not_after_the_last():
    levels = VGG13Encoder(3, width=4)(torch.zeros(1, 3, 32, 24))
    assert [tuple(level.shape) for level in levels] == [
        (1, 4, 32, 24),
        (1, 8, 16, 12),
        (1, 16, 8, 6),
    ]


@pytest.mark.parametrize("network", NETWORKS)
def test_the_finest_skip_reaches_the_output(network):
    torch.manual_seed(0)
    model = network(num_blocks=2, width=4)
    images = torch.rand(1, 3, 8, 8, requires_grad=True)
    model.encoder.pooling.register_forward_hook(lambda *call: call[-1].detach())
    model(images).sum().backward()
    assert images.grad.abs().sum() > 0  # with the way through pooling cut off


@pytest.mark.parametrize("network", NETWORKS)
def test_batch_norm_adds_two_numbers_to_each_channel_that_it_normalises(network):
    plain, normalised = network(width=8), network(width=8, batch_norm=True)
    channels = sum(m.num_features for m in normalised.modules() if isinstance(m, nn.BatchNorm2d))
    assert channels >= 2 * (8 + 16 + 32)  # both convolutions of each level
    assert n_parameters(normalised) == n_parameters(plain) + 2 * channels


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("batch_norm", [False, True])
def test_eight_pictures_can_be_learnt_by_heart(network, batch_norm):
    torch.manual_seed(0)
    masks = (functional.interpolate(torch.rand(8, 1, 4, 3), (16, 12)) > 0.5).float()
    images = masks * 2 - 1 + 0.3 * torch.randn(8, 3, 16, 12)
    model, loss = network(num_blocks=2, width=8, batch_norm=batch_norm), BCEDiceLoss()
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(60):
        optimiser.zero_grad()
        loss(model(images), masks).backward()
        optimiser.step()
    assert IoUScore()(model(images), masks) > 0.97


@pytest.mark.parametrize("network", NETWORKS)
def test_saved_and_loaded_weights_give_the_same_logits(network, tmp_path):
    model, other = network(width=4), network(width=4)
    torch.save(model.state_dict(), tmp_path / "weights.pt")
    other.load_state_dict(torch.load(tmp_path / "weights.pt", weights_only=True))
    images = torch.rand(2, 3, 9, 14)
    torch.testing.assert_close(other(images), model(images), rtol=0, atol=0)


@pytest.mark.parametrize("network", NETWORKS)
def test_an_untrained_network_believes_in_nothing_yet(network):
    torch.manual_seed(0)
    probabilities = torch.sigmoid(network(num_blocks=4, width=16)(torch.randn(2, 3, 48, 36)))
    assert (probabilities - 0.5).abs().max() < 0.15


@pytest.mark.parametrize(
    "layer", [nn.Conv2d(32, 64, 3), nn.ConvTranspose2d(32, 64, 3, stride=2), nn.Conv2d(64, 64, 1)]
)
def test_the_start_keeps_the_second_moment_of_activations(layer):
    torch.manual_seed(0)
    initialise_for_relu(layer, output=nn.Conv2d(1, 1, 1))
    before = torch.randn(16, layer.in_channels, 24, 24).relu()
    after = layer(before)[..., 2:-2, 2:-2].relu()
    assert (after.square().mean() / before.square().mean()).item() == pytest.approx(1, rel=0.15)


def torchvision_vgg13(batch_norm):
    """The published list of layers, as torchvision's `vgg13` or `vgg13_bn` has its features."""
    layers, channels = [], 3
    for width in (64, 64, "M", 128, 128, "M", 256, 256, "M"):
        if width == "M":
            layers.append(nn.MaxPool2d(2))
        else:
            layers.append(nn.Conv2d(channels, width, 3, padding=1))
            layers += [nn.BatchNorm2d(width)] if batch_norm else []
            layers.append(nn.ReLU())
            channels = width
    return nn.Sequential(*layers)


@pytest.mark.parametrize(("batch_norm", "ends"), [(False, (4, 9, 14)), (True, (6, 13, 20))])
def test_published_weights_make_the_encoder_compute_what_vgg_13_does(batch_norm, ends, tmp_path):
    torch.manual_seed(0)
    published, images = torchvision_vgg13(batch_norm), torch.rand(1, 3, 16, 16)
    published(torch.rand(4, 3, 16, 16))  # running statistics of their own
    published.eval()
    state = {f"features.{name}": value for name, value in published.state_dict().items()}
    save_file(state, tmp_path / "vgg13.safetensors")
    encoder = VGG13Encoder(3, batch_norm=batch_norm).eval()
    load_vgg13_weights(encoder, tmp_path / "vgg13.safetensors")
    for level, end in zip(encoder(images), ends, strict=True):
        torch.testing.assert_close(level, published[:end](images))


@pytest.mark.parametrize(
    ("prefix", "message"),
    [
        ("features", "blocks.0.0.weight must be of shape (8, 3, 3, 3), came (64, 3, 3, 3)"),
        ("stem", "4 of its tensors are missing (blocks.0.0.bias, blocks.0.0.weight, "),
    ],
)
def test_weights_of_another_network_are_refused(prefix, message, tmp_path):
    state = torchvision_vgg13(batch_norm=False).state_dict()
    save_file({f"{prefix}.{name}": value for name, value in state.items()}, tmp_path / "other")
    with pytest.raises(WeightsError) as error:
        load_vgg13_weights(VGG13Encoder(1, width=8), tmp_path / "other")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: VGG13Encoder(0), "num_blocks must be 1 to 5, got 0"),
        (lambda: VGG13Encoder(6), "num_blocks must be 1 to 5, got 6"),
        (lambda: UNet(width=0), "width must be at least 1 channel, got 0"),
    ],
)
def test_sizes_out_of_range_are_refused(make, message):
    with pytest.raises(SettingError, match=message):
        make()


def test_overlaps_are_what_a_transposed_convolution_of_ones_counts():
    ones = functional.conv_transpose1d(torch.ones(1, 1, 5), torch.ones(1, 1, 3), stride=2)
    assert overlap_counts(5, kernel_size=3, stride=2).tolist() == ones[0, 0].tolist()


def test_a_kernel_that_the_stride_divides_covers_the_inside_evenly():
    assert overlap_counts(6, kernel_size=4, stride=2)[2:-2].unique().tolist() == [2]
    assert overlap_counts(6, kernel_size=3, stride=2)[2:-2].unique().tolist() == [1, 2]


def test_only_the_transposed_convolution_ripples_on_a_flat_input():
    torch.manual_seed(0)
    assert checkerboard_contrast(NearestUpsampling(4, 8), channels=4) < 1e-6
    assert checkerboard_contrast(TransposedUpsampling(4, 8), channels=4) > 0.1


def test_the_contrast_of_a_kernel_of_ones_is_that_of_the_overlaps():
    layer = TransposedUpsampling(1, 1)
    nn.init.ones_(layer.convolution.weight)
    nn.init.zeros_(layer.convolution.bias)
    cell = torch.tensor([1.0, 2.0, 2.0, 4.0])  # 1 or 2 taps in rows times 1 or 2 in columns
    expected = cell.std(correction=0) / cell.square().mean().sqrt()
    assert checkerboard_contrast(layer, channels=1) == pytest.approx(float(expected), rel=1e-5)


def test_an_unknown_upsampling_is_refused():
    with pytest.raises(SettingError, match="must be 'nearest' or 'transposed', got 'bilinear'"):
        make_upsampling("bilinear", 1, 1)
