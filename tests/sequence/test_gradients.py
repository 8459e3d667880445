"""Clipping against torch's, and gradients by distance against closed forms."""

import pytest
import torch
from torch import nn

from praktikum.sequence import (
    LSTM,
    RNN,
    clip_grad_norm_,
    clip_grad_value_,
    growth_rate,
    norms_by_distance,
)
from praktikum.sequence.errors import SettingError, ShapeError


def two_models():
    """Return twice the same parameters with the same gradients, one of them without any."""
    torch.manual_seed(0)
    models = []
    grads = [torch.randn(3, 4), torch.randn(5), None]
    for _ in range(2):
        parameters = [nn.Parameter(torch.zeros(shape)) for shape in ((3, 4), (5,), (2,))]
        for parameter, grad in zip(parameters, grads, strict=True):
            parameter.grad = None if grad is None else grad.clone()
        models.append(parameters)
    return models


def assert_same_gradients(ours, theirs):
    for mine, other in zip(ours[:2], theirs[:2], strict=True):
        torch.testing.assert_close(mine.grad, other.grad, rtol=1e-6, atol=0)
    assert ours[2].grad is None


@pytest.mark.parametrize("max_norm", [0.01, 1.0, 3.0, 100.0])
def test_clipping_by_norm_is_torchs(max_norm):
    ours, theirs = two_models()
    found = clip_grad_norm_(ours, max_norm)
    expected = nn.utils.clip_grad_norm_(theirs, max_norm)
    torch.testing.assert_close(found, expected)
    assert_same_gradients(ours, theirs)


@pytest.mark.parametrize("clip_value", [0.01, 0.5, 100.0])
def test_clipping_by_value_is_torchs(clip_value):
    ours, theirs = two_models()
    clip_grad_value_(ours, clip_value)
    nn.utils.clip_grad_value_(theirs, clip_value)
    assert_same_gradients(ours, theirs)


def test_clipping_takes_a_generator_of_parameters_and_none_without_gradients():
    model = nn.Linear(2, 2)
    assert clip_grad_norm_(model.parameters(), 1.0) == 0
    model(torch.ones(1, 2)).sum().backward()
    clip_grad_value_(model.parameters(), 0.5)
    assert model.weight.grad.max() == 0.5


@pytest.mark.parametrize("limit", [0.0, -1.0, float("nan")])
def test_a_limit_that_is_not_above_zero_is_named(limit):
    with pytest.raises(SettingError, match="max_norm must be above 0"):
        clip_grad_norm_([], limit)
    with pytest.raises(SettingError, match="clip_value must be above 0"):
        clip_grad_value_([], limit)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("make", [RNN, nn.RNN], ids=["ours", "torch's"])
def test_a_linear_network_multiplies_gradients_by_its_scale(scale, make):
    """ReLU of positive sums is linear; W_hh = scale · permutation keeps lengths but for scale."""
    torch.manual_seed(0)
    layer = make(4, 4, nonlinearity="relu", bias=False).double()
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.eye(4))
        layer.weight_hh_l0.copy_(scale * torch.eye(4).roll(1, 0))
    norms = norms_by_distance(layer, torch.rand(6, 3, 4, dtype=torch.float64))
    expected = scale ** torch.arange(6, dtype=torch.float64)
    torch.testing.assert_close(norms, expected, rtol=1e-12, atol=0)
    assert growth_rate(norms) == pytest.approx(scale)
    assert all(parameter.grad is None for parameter in layer.parameters())


def test_an_open_forget_gate_carries_gradients_further():
    torch.manual_seed(0)
    rates = []
    for forget in (-2.0, 2.0):
        layer = LSTM(4, 16)
        with torch.no_grad():
            layer.bias_ih_l0[16:32] = forget
        rates.append(growth_rate(norms_by_distance(layer, torch.randn(20, 8, 4))))
    assert rates[0] < 0.5 < 0.8 < rates[1]


def test_a_rate_needs_norms_above_zero():
    with pytest.raises(ShapeError, match=r"all above 0, got \[1.0, 0.0\]"):
        growth_rate(torch.tensor([1.0, 0.0]))
