"""Weights to start from in a deep network of convolutions and ReLU without normalisation.

He, Zhang, Ren, Sun, 2015, "Delving deep into rectifiers", equation 10: a variance of 2 / fan_in
keeps the scale of activations from layer to layer. PyTorch's default is six times less, and the
signal of an unnormalised VGG fades on its way.
"""

from torch import nn

__all__ = ["initialise_for_relu"]


def initialise_for_relu(module: nn.Module, output: nn.Conv2d) -> None:
    """Draw the weights of every convolution from N(0, 2 / fan_in) and make its bias zero.

    A transposed convolution of stride s hears kernel² / s² of its taps at a pixel, so that is
    what its fan_in counts. Those of `output`, the last layer, are drawn from N(0, 0.01²): no class
    is believed in before the first step. Drawn from torch's global generator.
    """
    for part in module.modules():
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d):
            taps: float = part.kernel_size[0] * part.kernel_size[1]
            if isinstance(part, nn.ConvTranspose2d):
                taps /= part.stride[0] * part.stride[1]
            nn.init.normal_(part.weight, std=(2 / (part.in_channels * taps)) ** 0.5)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
    nn.init.normal_(output.weight, std=0.01)
