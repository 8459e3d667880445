"""LoRA beside peft's, and what merging leaves behind."""

import peft
import pytest
import torch
from torch import nn

from praktikum.sequence import Encoder, MultiHeadAttention
from praktikum.text.errors import SettingError
from praktikum.text.lora import LoRALinear, add_lora, merge_lora, unmerge_lora
from praktikum.text.trained_parameters import count_parameters, train_only

NAMES = ["q_proj", "v_proj", "linear1"]


@pytest.fixture
def model():
    torch.manual_seed(0)
    return Encoder(2, 8, 2, d_feedforward=16, dropout=0.0)


@pytest.fixture
def x():
    return torch.randn(3, 5, 8, generator=torch.Generator().manual_seed(1))


def with_random_b(model):
    """LoRA that changes something, as after training."""
    generator = torch.Generator().manual_seed(2)
    for layer in model.modules():
        if isinstance(layer, LoRALinear):
            nn.init.normal_(layer.lora_B, generator=generator)
    return model


def bits(model):
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def same_bits(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(("rank", "alpha"), [(1, 1.0), (4, 16.0), (8, 3.0)])
def test_outputs_and_gradients_are_pefts(model, x, rank, alpha):
    theirs = Encoder(2, 8, 2, d_feedforward=16, dropout=0.0)
    theirs.load_state_dict(model.state_dict())
    config = peft.LoraConfig(r=rank, lora_alpha=alpha, target_modules=NAMES)
    theirs = peft.inject_adapter_in_model(config, theirs)
    add_lora(model, NAMES, rank, alpha)
    with_random_b(model)
    theirs_by_name = dict(theirs.named_parameters())
    pairs = {
        name: theirs_by_name[f"{name}.default.weight"]
        for name, _ in model.named_parameters()
        if "lora_" in name
    }
    for name, weight in pairs.items():
        weight.data.copy_(model.get_parameter(name))
    outputs = [each(x)[0] for each in (model, theirs)]
    torch.testing.assert_close(*outputs, rtol=0, atol=1e-6)
    for output in outputs:
        output.square().mean().backward()
    assert len(pairs) == 2 * 2 * len(NAMES)
    for name, weight in pairs.items():
        torch.testing.assert_close(model.get_parameter(name).grad, weight.grad, rtol=0, atol=1e-6)


def test_merged_weights_are_pefts(model):
    theirs = nn.Sequential(nn.Linear(8, 6))
    ours = nn.Sequential(nn.Linear(8, 6))
    ours.load_state_dict(theirs.state_dict())
    config = peft.LoraConfig(r=3, lora_alpha=5, target_modules=["0"])
    theirs = peft.inject_adapter_in_model(config, theirs)
    add_lora(ours, ["0"], rank=3, alpha=5.0)
    with_random_b(ours)
    theirs[0].lora_A["default"].weight.data.copy_(ours[0].lora_A)
    theirs[0].lora_B["default"].weight.data.copy_(ours[0].lora_B)
    theirs[0].merge()
    merge_lora(ours)
    torch.testing.assert_close(ours[0].weight, theirs[0].weight, rtol=0, atol=1e-6)


def test_nothing_changes_at_first(model, x):
    before = model(x)[0]
    assert add_lora(model, NAMES)[0] == "layers.0.self_attn.q_proj"
    assert torch.equal(model(x)[0], before)


def test_weights_keep_their_names(model):
    published = bits(model)
    add_lora(model, NAMES)
    missing, unknown = model.load_state_dict(published, strict=False)
    assert not unknown
    assert all("lora_" in name for name in missing)


def test_a_merged_model_computes_the_same_without_lora(model, x):
    names = list(model.state_dict())
    add_lora(model, NAMES)
    with_random_b(model)
    expected = model(x)[0]
    merge_lora(model)
    assert list(model.state_dict()) == names
    assert not any(isinstance(layer, LoRALinear) for layer in model.modules())
    torch.testing.assert_close(model(x)[0], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_unmerging_restores_every_bit(model, dtype):
    model.to(dtype)
    add_lora(model, NAMES, rank=4)
    with_random_b(model)
    before = bits(model)
    layers = merge_lora(model)
    merged = bits(model)
    unmerge_lora(model, layers)
    assert same_bits(bits(model), before)
    merge_lora(model)
    assert same_bits(bits(model), merged)


def test_subtracting_the_product_would_not_restore_every_bit():
    """The reason why what was merged is kept."""
    weight, change = torch.randn(2, 64, 64, generator=torch.Generator().manual_seed(0))
    assert not torch.equal((weight + change) - change, weight)


def test_a_half_precision_sum_is_rounded_once():
    linear = nn.Linear(16, 16).to(torch.bfloat16)
    layer = with_random_b(nn.Sequential(LoRALinear(linear, 4, 4.0)))[0]
    exact = layer.weight.double() + layer.lora_B.double() @ layer.lora_A.double()
    error = (layer.merged().weight.double() - exact).abs()
    assert (error <= exact.abs() * 2**-8 * 1.001).all()  # half a unit in the last of 8 places


def test_only_the_product_is_trained(model, x):
    add_lora(model, ["q_proj"], rank=2)
    train_only(model, ["lora_?"])
    before = bits(model)
    optimiser = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    model(x)[0].square().mean().backward()
    optimiser.step()
    changed = {
        name for name, tensor in bits(model).items() if not torch.equal(tensor, before[name])
    }
    assert changed == {f"layers.{i}.self_attn.q_proj.lora_B" for i in range(2)}  # A waits for B
    assert count_parameters(model).trained == 2 * 2 * (8 + 8)


@pytest.mark.parametrize("name", ["q_proj", "k_proj", "v_proj", "out_proj"])
def test_attention_goes_through_each_of_its_layers(name):
    attention = MultiHeadAttention(8, 2)
    x = torch.randn(1, 4, 8)
    before = attention(x)[0]
    add_lora(attention, [name], rank=2)
    with_random_b(attention)
    assert not torch.allclose(attention(x)[0], before)


def test_dropout_is_of_training_alone(x):
    layer = LoRALinear(nn.Linear(8, 8), 2, 2.0, dropout=0.5)
    nn.init.ones_(layer.lora_B)
    assert torch.equal(layer.eval()(x), layer(x))
    assert not torch.equal(layer.train()(x), layer(x))


def test_a_generator_draws_the_same_again():
    first, second = (
        LoRALinear(nn.Linear(4, 4), 2, 2.0, generator=torch.Generator().manual_seed(7)).lora_A
        for _ in range(2)
    )
    assert torch.equal(first, second)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"rank": 0}, "rank=0 must be from 1 to the smaller side of a weight of 6×4"),
        ({"rank": 5}, "rank=5 must be from 1 to the smaller side"),
        ({"rank": 2, "dropout": 1.0}, r"dropout=1.0 must be in \[0, 1\)"),
    ],
)
def test_impossible_settings_are_refused_and_change_nothing(settings, said):
    model = nn.Sequential(nn.Linear(4, 6))
    with pytest.raises(SettingError, match=said):
        add_lora(model, ["0"], **settings)
    assert type(model[0]) is nn.Linear
    assert model[0].weight.requires_grad


def test_merging_nothing_is_refused():
    with pytest.raises(SettingError, match="there is nothing to merge"):
        merge_lora(nn.Linear(2, 2))
