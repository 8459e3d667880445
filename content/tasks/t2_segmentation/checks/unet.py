"""Checks of the encoder and of U-Net.

The oracle: the same arithmetic without modules, and the numbers of parameters of VGG-13.
"""

import numpy as np
import torch
from torch.nn import functional

from praktikum.checks import between, check, close, equal

from .reference_networks import Reference
from .weights import applied, with_weights


def images_case(rng, height=13, width=10):
    """Return images whose size halves to odd numbers, and a seed for weights."""
    return rng.normal(size=(2, 3, height, width)), int(rng.integers(2**31))


def n_parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


@check(part="unet", points="0.1")
def encoder_parameters(sub, rng):
    """
    ru: В кодировщике столько параметров, сколько в свёртках VGG-13.
    en: The encoder has as many parameters as the convolutions of VGG-13.
    hint ru: Блок — две свёртки 3×3 со сдвигами, каждая с ReLU.
    hint en: A block is two 3×3 convolutions with biases, each with ReLU.
    """
    del rng
    return {f"{n} blocks": n_parameters(sub.VGG13Encoder(n)) for n in (1, 2, 3)}


@encoder_parameters.expects
def _(rng):
    del rng
    return {"1 blocks": equal(38_720), "2 blocks": equal(260_160), "3 blocks": equal(1_145_408)}


@check(part="unet", points="0.2", needs=["encoder_parameters"])
def encoder_levels(sub, rng):
    """
    ru: Кодировщик возвращает выход каждого блока, начиная с самого подробного, до пулинга.
    en: The encoder returns the output of each block, the finest first, before pooling.
    hint ru: Пулинг стоит между блоками: перед первым и после последнего его нет.
    hint en: Pooling is between blocks: there is none before the first and after the last.
    """
    images, seed = images_case(rng)
    encoder = with_weights(sub.VGG13Encoder(3, width=2), seed)
    levels = applied(encoder, images)
    return {"number of levels": len(levels)} | {
        f"level {number}": level for number, level in enumerate(levels)
    }


@encoder_levels.expects
def _(rng):
    images, seed = images_case(rng)
    levels = Reference(seed, width=2).encoder(images, 3)
    return {"number of levels": equal(3)} | {
        f"level {number}": close(level.numpy()) for number, level in enumerate(levels)
    }


@check(part="unet", points="0.05", needs=["encoder_parameters"])
def encoder_batch_norm(sub, rng):
    """
    ru: BatchNorm, если о ней просили, стоит между каждой свёрткой и её ReLU.
    en: BatchNorm, where it is asked for, stands between each convolution and its ReLU.
    """
    images, seed = images_case(rng)
    encoder = with_weights(sub.VGG13Encoder(2, width=3, batch_norm=True), seed)
    return {"last level": applied(encoder, images)[-1], "parameters": n_parameters(encoder)}


@encoder_batch_norm.expects
def _(rng):
    images, seed = images_case(rng)
    level = Reference(seed, width=3).encoder(images, 2, batch_norm=True)[-1]
    n_convolutions, n_normalisations = 9 * (3 * 3 + 3 * 3 + 3 * 6 + 6 * 6) + 18, 2 * 18
    return {
        "last level": close(level.numpy()),
        "parameters": equal(n_convolutions + n_normalisations),
    }


@check(part="unet", points="0.2")
def unet_decoder_block(sub, rng):
    """
    ru: Блок декодера удваивает размер, кладёт рядом пропущенные признаки и сворачивает всё вместе.
    en: A decoder block doubles the size, lays the skipped features beside, and convolves both.
    hint ru: Порядок каналов важен: сначала skip.
    hint en: The order of channels matters: skip comes first.
    """
    images, seed = images_case(rng, height=7, width=5)
    features = np.repeat(images[:, :, :4, :3], 2, axis=1)
    block = with_weights(sub.UNetDecoderBlock(6, 3, "nearest", False), seed)
    return {"features": applied(block, features, images)}


@unet_decoder_block.expects
def _(rng):
    images, seed = images_case(rng, height=7, width=5)
    features = np.repeat(images[:, :, :4, :3], 2, axis=1)
    output = Reference(seed, width=3).unet_block(*map(torch.from_numpy, (features, images)))
    return {"features": close(output.numpy())}


@check(part="unet", points="0.25", needs=["encoder_levels", "unet_decoder_block"])
def unet_logits(sub, rng):
    """
    ru: U-Net возвращает логиты размера входа, для любой высоты и ширины.
    en: U-Net returns logits of the size of the input, for any height and width.
    hint ru: Какой уровень пропускать первым — самый подробный или самый грубый?
    hint en: Which level is skipped to first, the finest or the coarsest?
    """
    images, seed = images_case(rng)
    network = with_weights(sub.UNet(num_classes=2, num_blocks=3, width=2), seed)
    single = with_weights(sub.UNet(num_blocks=1, width=2), seed)
    return {"three blocks": applied(network, images), "one block": applied(single, images)}


@unet_logits.expects
def _(rng):
    images, seed = images_case(rng)
    reference = Reference(seed, width=2)
    return {
        "three blocks": close(reference.unet(images, 3, 2).numpy()),
        "one block": close(reference.unet(images, 1, 1).numpy()),
    }


def bright_blobs(rng):
    """Return noisy images and the masks of what is bright in them at a coarse scale."""
    coarse = rng.random((8, 1, 4, 4)) < 0.4
    target = coarse.repeat(4, axis=2).repeat(4, axis=3).astype(np.float32)
    noise = rng.normal(scale=0.5, size=(8, 3, 16, 16)).astype(np.float32)
    return torch.from_numpy(target + noise), torch.from_numpy(target)


@check(part="unet", points="0.2", needs=["unet_logits"])
def unet_learns(sub, rng):
    """
    ru: U-Net обучается: за сорок шагов потери на восьми картинках заметно падают.
    en: U-Net learns: within forty steps the loss on eight pictures falls clearly.
    hint ru: До всех ли параметров доходит градиент?
    hint en: Does the gradient reach all parameters?
    """
    images, target = bright_blobs(rng)
    torch.manual_seed(int(rng.integers(2**31)))
    network = sub.UNet(num_blocks=2, width=8, batch_norm=True)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(40):
        optimiser.zero_grad()
        functional.binary_cross_entropy_with_logits(network(images), target).backward()
        optimiser.step()
    with torch.no_grad():
        loss = functional.binary_cross_entropy_with_logits(network(images), target)
    return {
        "loss": loss,
        "parameters without a gradient": sum(
            parameter.grad is None for parameter in network.parameters()
        ),
    }


@unet_learns.expects
def _(rng):
    del rng
    return {"loss": between(0, 0.48), "parameters without a gradient": equal(0)}
