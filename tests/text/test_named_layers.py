"""Layers by their names: which are found, which are refused."""

import pytest
import torch
from torch import nn

from praktikum.sequence import Encoder
from praktikum.text.adapters import add_adapters
from praktikum.text.errors import SettingError
from praktikum.text.lora import add_lora
from praktikum.text.named_layers import find_linears, has_name, put_layer


@pytest.mark.parametrize(
    ("name", "pattern", "fits"),
    [
        ("layers.0.linear1", "linear1", True),
        ("layers.0.linear1", "layers.0.*", True),
        ("layers.10.linear1", "layers.?.linear1", False),
        ("layers.0.linear1", "layers.0.linear1", True),
        ("layers.0.linear1", "near1", False),
        ("layers.0.linear1", "layers.0", False),
        ("linear1", "linear1", True),
    ],
)
def test_a_pattern_is_the_end_of_a_name(name, pattern, fits):
    assert has_name(name, [pattern]) is fits


def test_layers_are_found_by_their_whole_names():
    model = Encoder(2, 8, 2, d_feedforward=16)
    assert list(find_linears(model, ["layers.1.*_proj", "layers.0.linear2"])) == [
        "layers.0.linear2",
        *(f"layers.1.self_attn.{letter}_proj" for letter in ("q", "k", "v", "out")),
    ]


def test_a_name_that_is_not_there_is_told_with_those_that_are():
    model = Encoder(1, 8, 2, d_feedforward=16)
    known = "q_proj, k_proj, v_proj, out_proj, linear1, linear2"
    with pytest.raises(SettingError, match=f"no linear layer is named 'query'; there are: {known}"):
        find_linears(model, ["q_proj", "query"])


@pytest.mark.parametrize("extend", [add_lora, add_adapters])
@pytest.mark.parametrize("again", [add_lora, add_adapters])
def test_a_layer_is_extended_once(extend, again):
    model = Encoder(1, 8, 2, d_feedforward=16)
    extend(model, ["q_proj"], 2)
    with pytest.raises(SettingError, match="q_proj is a .* already; extend it once"):
        again(model, ["q_proj"], 2)


@pytest.mark.parametrize("extend", [add_lora, add_adapters])
def test_an_extended_layer_is_frozen(extend):
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    extend(model, ["0"], 2)
    trained = [name for name, p in model.named_parameters() if p.requires_grad]
    assert not {"0.weight", "0.bias"} & set(trained)
    assert {"1.weight", "1.bias"} < set(trained)


@pytest.mark.parametrize(
    ("torchs", "layer"),
    [
        (lambda: nn.TransformerEncoderLayer(8, 2, 16), "linear1"),
        (lambda: nn.ModuleDict({"attention": nn.MultiheadAttention(8, 2)}), "out_proj"),
    ],
)
def test_layers_that_torch_passes_by_are_refused(torchs, layer):
    with pytest.raises(SettingError, match="computes with its weights directly; take the layer of"):
        add_lora(torchs(), [layer])


def test_torch_would_pass_by_a_layer_put_into_its_own():
    """The reason for the refusal: without gradients the encoder's fast path reads the weights."""
    model = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval()
    x = torch.randn(1, 3, 8)
    with torch.no_grad():
        before = model(x)
        put_layer(model, "linear1", add_nothing(model.linear1))
        assert torch.allclose(model(x), before, atol=1e-6)


def add_nothing(linear):
    """A layer of the same weights that would give zeros."""

    class Zeros(nn.Linear):
        def forward(self, input):
            return super().forward(input) * 0

    zeros = Zeros(linear.in_features, linear.out_features)
    zeros.load_state_dict(linear.state_dict())
    return zeros


def test_a_layer_takes_over_the_mode_of_the_one_before():
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout()).eval()
    put_layer(model, "0", nn.Dropout())
    assert not model[0].training
