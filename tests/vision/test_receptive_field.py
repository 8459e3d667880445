"""The receptive field against gradients: a pixel is seen if it has one."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from praktikum.vision.errors import ShapeError
from praktikum.vision.receptive_field import Window, receptive_field, windows_of
from praktikum.vision.vgg import VGG

WINDOW = st.builds(
    Window, st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2)
)


def seen_by_gradient(layers, side):
    """Return an output row in the middle, and the first and last row that it depends on."""
    chain = nn.Sequential(
        *(nn.Conv2d(1, 1, w.kernel, w.stride, w.padding, w.dilation, bias=False) for w in layers)
    )
    for layer in chain:
        nn.init.ones_(layer.weight)
    image = torch.zeros(1, 1, side, side, requires_grad=True)
    output = chain(image)
    index = output.shape[2] // 2
    output[0, 0, index, index].backward()
    rows = image.grad[0, 0].sum(dim=1).nonzero()
    return index, (rows.min().item(), rows.max().item())


@given(st.lists(WINDOW, min_size=1, max_size=3))
def test_what_is_seen_is_what_has_a_gradient(layers):
    field = receptive_field(layers)
    index, seen = seen_by_gradient(layers, side=161)
    assert field.seen(index) == seen
    assert seen[1] - seen[0] + 1 == field.size


def test_vgg16_sees_212_pixels():
    field = receptive_field(windows_of(VGG(16, batch_norm=False, hidden=8, n_classes=2).features))
    assert (field.size, field.jump) == (212, 32)  # Araujo et al. (2019), table of networks


def test_a_pooling_to_a_given_size_has_no_window():
    with pytest.raises(ShapeError, match="AdaptiveAvgPool2d sees the whole image"):
        windows_of(nn.Sequential(nn.Conv2d(1, 1, 3), nn.AdaptiveAvgPool2d(1)))
