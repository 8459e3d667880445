"""Learning rates by depth, and what is trained at all."""

import pytest
import torch
from torch import nn

from praktikum.text.errors import SettingError
from praktikum.text.layerwise import layerwise_rates
from praktikum.text.trained_parameters import (
    count_parameters,
    train_only,
    trained_state,
)


@pytest.fixture
def model():
    layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(3))
    parts = {"words": nn.Embedding(10, 4), "layers": layers, "head": nn.Linear(4, 2)}
    return nn.ModuleDict(parts)


def names(model, parameters):
    return [name for name, each in model.named_parameters() for one in parameters if one is each]


def test_each_layer_learns_at_the_decayed_rate_of_the_one_above(model):
    rates = layerwise_rates(model, ["words", "layers"], 0.5)
    assert [(names(model, rate.parameters)[0], rate.scale) for rate in rates] == [
        ("head.weight", 1.0),
        ("layers.2.weight", 0.5),
        ("layers.1.weight", 0.25),
        ("layers.0.weight", 0.125),
        ("words.weight", 0.0625),
    ]


def test_several_modules_may_be_one_layer(model):
    rates = layerwise_rates(model, [("words", "layers.0"), "layers.2"], 0.5)
    assert [(names(model, rate.parameters), rate.scale) for rate in rates] == [
        (["layers.1.weight", "layers.1.bias", "head.weight", "head.bias"], 1.0),
        (["layers.2.weight", "layers.2.bias"], 0.5),
        (["words.weight", "layers.0.weight", "layers.0.bias"], 0.25),
    ]


def test_every_trained_parameter_is_there_once(model):
    model["head"].bias.requires_grad_(False)
    model["layers"][1].weight = model["layers"][0].weight  # shared: the first one's
    rates = layerwise_rates(model, ["words", "layers"], 0.9)
    together = [parameter for rate in rates for parameter in rate.parameters]
    wanted = {parameter for parameter in model.parameters() if parameter.requires_grad}
    assert len(together) == len(wanted)
    assert set(together) == wanted


def test_frozen_layers_are_left_out_but_count(model):
    train_only(model, ["head.*", "layers.0.*"])
    assert [rate.scale for rate in layerwise_rates(model, ["layers"], 0.5)] == [1.0, 0.125]


@pytest.mark.parametrize(
    ("layers", "decay", "said"),
    [
        (["layers"], 0.0, "decay=0.0 must be above 0 and at most 1"),
        (["layers"], 1.1, "decay=1.1 must be above 0 and at most 1"),
        (["encoder"], 0.5, "there is no layer 'encoder'; the network has words, layers, head"),
    ],
)
def test_impossible_rates_are_refused(model, layers, decay, said):
    with pytest.raises(SettingError, match=said):
        layerwise_rates(model, layers, decay)


def test_what_is_named_is_trained_and_the_rest_is_frozen(model):
    model["head"].requires_grad_(False)
    train_only(model, ["head.*", "layers.?.bias"])
    trained = [name for name, p in model.named_parameters() if p.requires_grad]
    assert trained == [*(f"layers.{i}.bias" for i in range(3)), "head.weight", "head.bias"]
    counts = count_parameters(model)
    assert counts == (3 * 4 + 10, 40 + 3 * 20 + 10)
    assert counts.share == pytest.approx(22 / 110)


def test_a_name_of_nothing_changes_nothing(model):
    with pytest.raises(SettingError, match="no parameter is named 'haed.*'; the last ones are: "):
        train_only(model, ["layers.0.*", "haed.*"])
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_the_trained_state_is_a_copy_of_what_is_trained(model):
    train_only(model, ["head.*"])
    state = trained_state(model)
    with torch.no_grad():
        model["head"].weight.add_(1)
    assert list(state) == ["head.weight", "head.bias"]
    assert not torch.equal(state["head.weight"], model["head"].weight)
    assert not model.load_state_dict(state, strict=False).unexpected_keys
    assert torch.equal(state["head.weight"], model["head"].weight)
