"""What a pixel of a deep layer can see of the image.

Three numbers are carried from layer to layer, along one axis: how many pixels of the image an
output pixel sees (`size`), how far apart in the image two neighbouring output pixels look
(`jump`), and where the middle of the first one looks (`centre`). A layer of kernel k, stride s,
padding p and dilation d makes of them

    size' = size + d (k − 1) jump     jump' = s · jump     centre' = centre + (d (k − 1)/2 − p) jump

Source: Araujo, Norris, Sim, "Computing receptive fields of convolutional neural networks", Distill
(2019), equations 2 to 5. Left out: branches; of several paths take the one that sees most.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torch import nn

from .errors import ShapeError

__all__ = ["PIXEL", "ReceptiveField", "Window", "receptive_field", "windows_of"]


@dataclass(frozen=True)
class Window:
    """How a layer looks at its input along one axis, in pixels of its input."""

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1


@dataclass(frozen=True)
class ReceptiveField:
    """What an output pixel sees of the image along one axis, in pixels of the image.

    Attributes:
        size: pixels seen
        jump: distance between what two neighbours see
        centre: the coordinate of the middle of what the first output pixel sees
    """

    size: int
    jump: int
    centre: float

    def seen(self, index: int) -> tuple[int, int]:
        """Return the first and the last pixel that output pixel `index` sees.

        They can lie outside of the image: then part of what is seen is padding.
        """
        middle = self.centre + index * self.jump
        half = (self.size - 1) / 2
        return round(middle - half), round(middle + half)


PIXEL = ReceptiveField(size=1, jump=1, centre=0.0)
"""A pixel of the image sees itself."""


def receptive_field(layers: Iterable[Window], start: ReceptiveField = PIXEL) -> ReceptiveField:
    """Return what an output pixel sees after these layers, applied in turn.

    >>> receptive_field([Window(3), Window(3)]).size  # two 3×3 see as much as one 5×5
    5
    """
    field = start
    for layer in layers:
        reach = layer.dilation * (layer.kernel - 1)
        field = ReceptiveField(
            size=field.size + reach * field.jump,
            jump=field.jump * layer.stride,
            centre=field.centre + (reach / 2 - layer.padding) * field.jump,
        )
    return field


def windows_of(model: nn.Module) -> list[Window]:
    """Return the windows of a chain's convolutions and poolings, in their order, along the height.

    The order is that of `model.modules()`, which in a chain (`nn.Sequential`) is the order of
    work. Raises ShapeError for a pooling to a given size, which sees everything.
    """
    found = []
    for module in model.modules():
        if isinstance(module, nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d):
            raise ShapeError(
                f"{type(module).__name__} sees the whole image: ask for what is before it"
            )
        if isinstance(module, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
            found.append(_window(module))
    return found


def _window(module: nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d) -> Window:
    dilation = 1 if isinstance(module, nn.AvgPool2d) else _height(module.dilation)
    if isinstance(module.padding, str):
        raise ShapeError(f"padding='{module.padding}' is not in pixels: give a number")
    return Window(
        _height(module.kernel_size), _height(module.stride), _height(module.padding), dilation
    )


def _height(value: int | tuple[int, ...]) -> int:
    return value if isinstance(value, int) else value[0]
