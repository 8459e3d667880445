"""Adapters: what they compute, nearly nothing at first, and how little is trained."""

import numpy as np
import pytest
import torch
from scipy.stats import norm
from torch import nn

from praktikum.sequence import Encoder
from praktikum.text.adapters import STD, AdaptedLinear, Adapter, add_adapters
from praktikum.text.errors import SettingError
from praktikum.text.trained_parameters import count_parameters, train_only

HOULSBY = ["out_proj", "linear2"]


@pytest.fixture
def model():
    torch.manual_seed(0)
    return Encoder(3, 8, 2, d_feedforward=16, dropout=0.0)


def test_an_adapter_computes_the_papers_formula():
    adapter = Adapter(6, 3)
    for parameter in adapter.parameters():
        nn.init.normal_(parameter)
    w1, b1, w2, b2 = (p.detach().double().numpy() for p in adapter.parameters())
    h = np.random.default_rng(0).normal(size=(2, 5, 6))
    bottleneck = h @ w1.T + b1
    expected = h + bottleneck * norm.cdf(bottleneck) @ w2.T + b2  # GELU by its definition
    np.testing.assert_allclose(adapter.double()(torch.from_numpy(h)).detach(), expected, atol=1e-12)


def test_it_stands_behind_the_linear_layer():
    linear = nn.Linear(4, 6)
    layer = AdaptedLinear(linear, 2)
    x = torch.randn(3, 4)
    assert torch.equal(layer(x), layer.adapter(linear(x)))


def test_at_first_it_is_nearly_the_identity(model):
    x = torch.randn(4, 5, 8)
    before = model(x)[0]
    assert len(add_adapters(model, HOULSBY, size=4)) == 2 * 3
    after = model(x)[0]
    assert 0 < (after - before).abs().max() < 0.01


def test_its_weights_are_truncated_at_two_deviations():
    weights = Adapter(200, 100, torch.Generator().manual_seed(0)).down.weight
    assert weights.abs().max() <= 2 * STD
    deviation = norm.std(0, STD) * 0.8796  # of a normal that is cut at two deviations
    assert weights.std().item() == pytest.approx(deviation, rel=0.02)


def test_only_adapters_are_trained(model):
    add_adapters(model, HOULSBY, size=4)
    train_only(model, ["adapter.*"])
    each = 2 * 8 * 4 + 8 + 4  # 2md + d + m of the paper's section 2.1
    assert count_parameters(model).trained == 2 * 3 * each


def test_weights_of_the_body_keep_their_names(model):
    published = model.state_dict()
    add_adapters(model, HOULSBY)
    missing, unknown = model.load_state_dict(published, strict=False)
    assert not unknown
    assert all(".adapter." in name for name in missing)


def test_it_takes_the_precision_of_its_layer():
    layer = AdaptedLinear(nn.Linear(4, 4).double(), 2)
    assert layer(torch.randn(1, 4, dtype=torch.float64)).dtype == torch.float64


def test_a_bottleneck_of_nothing_is_refused(model):
    with pytest.raises(SettingError, match="size=0 of an adapter must be at least 1"):
        add_adapters(model, HOULSBY, size=0)
    assert all(parameter.requires_grad for parameter in model.parameters())
