"""Checks of LinkNet.

The oracle: the same arithmetic without modules, and the parameters counted layer by layer.
"""

import numpy as np
import torch

from praktikum.checks import check, close, equal

from .reference_networks import Reference
from .unet import images_case, n_parameters
from .weights import applied, with_weights


@check(part="linknet", points="0.25")
def linknet_parameters(sub, rng):
    """
    ru: В блоке LinkNet столько параметров, сколько нужно: вверх идёт четверть каналов.
    en: A LinkNet block has as many parameters as it needs: a quarter of the channels goes up.
    hint ru: Три свёртки: 1×1, транспонированная 3×3, 1×1; у каждой есть сдвиг.
    hint en: Three convolutions: 1×1, a transposed 3×3, 1×1; each has a bias.
    """
    in_channels, skip_channels = 4 * int(rng.integers(3, 9)), int(rng.integers(5, 15))
    block = sub.LinkNetDecoderBlock(in_channels, skip_channels, "transposed", False)
    return {"parameters": n_parameters(block)}


@linknet_parameters.expects
def _(rng):
    in_channels, skip_channels = 4 * int(rng.integers(3, 9)), int(rng.integers(5, 15))
    quarter = in_channels // 4
    layers = ((in_channels, quarter, 1), (quarter, quarter, 9), (quarter, skip_channels, 1))
    return {"parameters": equal(sum(n_in * n_out * taps + n_out for n_in, n_out, taps in layers))}


@check(part="linknet", points="0.35", needs=["linknet_parameters"])
def linknet_decoder_block(sub, rng):
    """
    ru: Блок сужает, удваивает размер, расширяет и прибавляет пропущенные признаки.
    en: A block squeezes, doubles the size, widens, and adds what was skipped.
    hint ru: ReLU стоит после каждой из трёх свёрток; сумма — последняя, после неё ничего нет.
    hint en: ReLU follows each of the three convolutions; the sum is last, with nothing after it.
    """
    images, seed = images_case(rng, height=7, width=5)
    features = np.tile(images[:, :, :4, :3], (1, 4, 1, 1))
    block = with_weights(sub.LinkNetDecoderBlock(12, 3, "transposed", False), seed)
    return {"features": applied(block, features, images)}


@linknet_decoder_block.expects
def _(rng):
    images, seed = images_case(rng, height=7, width=5)
    features = np.tile(images[:, :, :4, :3], (1, 4, 1, 1))
    output = Reference(seed, width=3).linknet_block(*map(torch.from_numpy, (features, images)))
    return {"features": close(output.numpy())}


@check(part="linknet", points="0.4", needs=["encoder_levels", "linknet_decoder_block"])
def linknet_logits(sub, rng):
    """
    ru: LinkNet возвращает логиты размера входа, для любой высоты и ширины.
    en: LinkNet returns logits of the size of the input, for any height and width.
    """
    images, seed = images_case(rng)
    network = with_weights(sub.LinkNet(num_classes=2, num_blocks=3, width=4), seed)
    return {"logits": applied(network, images)}


@linknet_logits.expects
def _(rng):
    images, seed = images_case(rng)
    return {"logits": close(Reference(seed, width=4).linknet(images, 3, 2).numpy())}
