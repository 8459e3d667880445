"""The Conformer against transformers' layer, torch's modules, and itself without padding."""

import pytest
import torch
from torch import nn
from torch.nn import functional
from transformers import Wav2Vec2ConformerConfig
from transformers.models.wav2vec2_conformer.modeling_wav2vec2_conformer import (
    Wav2Vec2ConformerEncoderLayer,
    Wav2Vec2ConformerRelPositionalEmbedding,
)

from praktikum.audio.conformer import Conformer, ConformerBlock
from praktikum.audio.conformer_convolution import (
    DepthwiseConvolution,
    StepBatchNorm,
)
from praktikum.audio.conformer_reach import EVERYWHERE, Reach
from praktikum.audio.conformer_stream import ConformerStream
from praktikum.audio.errors import SettingError, ShapeError
from praktikum.audio.sliding_cache import SlidingCache
from praktikum.sequence import RotaryPositions
from praktikum.sequence.errors import SettingError as SequenceSettingError

THEIR_NAMES = {
    "feed_forward1.0": "ffn1_layer_norm",
    "feed_forward1.1": "ffn1.intermediate_dense",
    "feed_forward1.4": "ffn1.output_dense",
    "attention_norm": "self_attn_layer_norm",
    "attention.q_proj": "self_attn.linear_q",
    "attention.k_proj": "self_attn.linear_k",
    "attention.v_proj": "self_attn.linear_v",
    "attention.out_proj": "self_attn.linear_out",
    "attention.position_proj": "self_attn.linear_pos",
    "attention.content_bias": "self_attn.pos_bias_u",
    "attention.position_bias": "self_attn.pos_bias_v",
    "convolution_norm": "conv_module.layer_norm",
    "convolution.gate": "conv_module.pointwise_conv1",
    "convolution.depthwise": "conv_module.depthwise_conv",
    "convolution.norm": "conv_module.batch_norm",
    "convolution.linear": "conv_module.pointwise_conv2",
    "feed_forward2.0": "ffn2_layer_norm",
    "feed_forward2.1": "ffn2.intermediate_dense",
    "feed_forward2.4": "ffn2.output_dense",
    "norm": "final_layer_norm",
}


def draw_all(model):
    """Draw every weight and running mean anew, so that none is at its neutral beginning."""
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point():
            nn.init.uniform_(tensor, 0.5 if "running_var" in name else -0.5, 1.0)
    return model


def load_theirs(block, theirs):
    """Give our block the weights of transformers' layer: all of them, each to its place."""
    state = theirs.state_dict()
    renamed = {}
    for name in block.state_dict():
        ours = max((known for known in THEIR_NAMES if name.startswith(known)), key=len)
        value = state.pop(THEIR_NAMES[ours] + name.removeprefix(ours))
        pointwise = ours in ("convolution.gate", "convolution.linear")
        renamed[name] = value.squeeze(-1) if pointwise else value
    assert not state
    block.load_state_dict(renamed)


@pytest.mark.parametrize("training", [False, True])
def test_a_block_with_relative_positions_is_that_of_transformers(training):
    torch.manual_seed(0)
    config = Wav2Vec2ConformerConfig(
        hidden_size=16,
        num_attention_heads=2,
        intermediate_size=24,
        conv_depthwise_kernel_size=5,
        hidden_act="swish",
        position_embeddings_type="relative",
        attn_implementation="eager",
        **dict.fromkeys(
            ("hidden_dropout", "activation_dropout", "attention_dropout", "conformer_conv_dropout"),
            0.0,
        ),
    )
    theirs = draw_all(Wav2Vec2ConformerEncoderLayer(config)).train(training)
    ours = ConformerBlock(16, 2, 24, kernel_size=5, dropout=0.0).train(training)
    load_theirs(ours, theirs)
    x = torch.randn(3, 11, 16, requires_grad=True)
    distances = Wav2Vec2ConformerRelPositionalEmbedding(config)(x)
    expected = theirs(x, relative_position_embeddings=distances)
    expected = expected[0] if isinstance(expected, tuple) else expected
    found = ours(x)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    grads = [torch.autograd.grad(y.sin().sum(), x)[0] for y in (found, expected)]
    torch.testing.assert_close(*grads, rtol=1e-3, atol=1e-5)


def test_a_block_with_rotary_positions_is_made_of_torchs_parts():
    torch.manual_seed(0)
    block = draw_all(
        ConformerBlock(8, 2, 12, kernel_size=3, positions="rotary", norm="layer").double()
    ).eval()
    x = torch.randn(2, 7, 8, dtype=torch.float64)
    normed = functional.layer_norm(
        y := x + block.feed_forward1(x) / 2,
        (8,),
        block.attention_norm.weight,
        block.attention_norm.bias,
    )
    q, k, v = (
        projection(normed).view(2, 7, 2, 4).transpose(1, 2)
        for projection in (block.attention.q_proj, block.attention.k_proj, block.attention.v_proj)
    )
    turn = RotaryPositions(4)
    heads = functional.scaled_dot_product_attention(turn(q), turn(k), v)
    y = y + block.attention.out_proj(heads.transpose(1, 2).flatten(2))
    module = block.convolution
    images = functional.glu(module.gate(block.convolution_norm(y)), dim=-1).transpose(1, 2)
    images = functional.conv1d(images, module.depthwise.weight, padding=1, groups=8)
    y = y + module.linear(functional.silu(module.norm(images.transpose(1, 2))))
    expected = block.norm(y + block.feed_forward2(y) / 2)
    torch.testing.assert_close(block(x), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("causal", [False, True])
def test_the_depthwise_convolution_is_conv1d_with_zeros_around(causal):
    layer = DepthwiseConvolution(6, 5, causal).double()
    x = torch.randn(2, 9, 6, dtype=torch.float64, requires_grad=True)
    padded = functional.pad(x.transpose(1, 2), (4, 0) if causal else (2, 2))
    expected = functional.conv1d(padded, layer.weight, groups=6).transpose(1, 2)
    torch.testing.assert_close(layer(x), expected)
    leaves = [x, layer.weight]
    found, wanted = (torch.autograd.grad(y.sin().sum(), leaves) for y in (layer(x), expected))
    torch.testing.assert_close(found, wanted)


def test_batch_normalisation_counts_real_steps_only():
    torch.manual_seed(0)
    ours, theirs = StepBatchNorm(4), nn.BatchNorm1d(4)
    x = torch.randn(3, 6, 4) * 3 + 1
    valid = torch.arange(6) < torch.tensor([6, 2, 0])[:, None]
    found = ours(x, valid)
    torch.testing.assert_close(found[valid], theirs(x[valid]))
    assert not found[~valid].any()
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict())


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("positions", ["relative", "rotary"])
@pytest.mark.parametrize("norm", ["batch", "layer"])
@pytest.mark.parametrize("reach", [EVERYWHERE, Reach(3, 2), Reach(4, 0, chunk=4)])
def test_padding_of_any_length_and_content_changes_nothing(training, positions, norm, reach):
    torch.manual_seed(0)
    model = Conformer(
        8, 2, 2, kernel_size=5, dropout=0.0, positions=positions, norm=norm, reach=reach
    )
    model = model.double().train(training)
    x = torch.randn(2, 9, 8, dtype=torch.float64)
    lengths = torch.tensor([9, 5])
    padded = torch.randn(2, 14, 8, dtype=torch.float64) * 100
    padded[:, :9] = torch.where((torch.arange(9) < lengths[:, None])[:, :, None], x, padded[:, :9])
    found, expected = model(padded, lengths), model(x, lengths)
    torch.testing.assert_close(found[:, :9], expected)
    assert not found[:, 9:].any()
    assert not found[1, 5:].any()
    if not training:
        torch.testing.assert_close(expected[1:, :5], model(x[1:, :5]))


@pytest.mark.parametrize("positions", ["relative", "rotary"])
@pytest.mark.parametrize("reach", [Reach(4, 0), Reach(0, 0, 3), Reach(6, 0, 3), Reach(None, 0, 2)])
def test_a_stream_gives_what_the_whole_gives(positions, reach):
    torch.manual_seed(0)
    model = Conformer(8, 2, 3, kernel_size=4, positions=positions, reach=reach)
    model = draw_all(model.double()).eval()
    x = torch.randn(2, 6 * reach.chunk + 1, 8, dtype=torch.float64)
    stream = ConformerStream(model)
    parts = x.split([reach.chunk, 3 * reach.chunk, 2 * reach.chunk, 1], dim=1)
    found = torch.cat([stream.step(part) for part in parts], dim=1)
    torch.testing.assert_close(found, model(x))


@pytest.mark.parametrize(
    ("reach", "first", "last"),
    [
        (Reach(3, 2), 8 - 2 * (3 + 2), 8 + 2 * (2 + 2)),  # a kernel of 5 adds 2 to each side
        (Reach(2, 0), 8 - 2 * (2 + 4), 8),  # the same kernel before the step
        (Reach(4, 0, chunk=4), 0, 11),  # 8 begins a chunk of 4
        (EVERYWHERE, 0, 19),
    ],
)
def test_a_step_depends_on_the_steps_of_its_reach_and_no_other(reach, first, last):
    torch.manual_seed(0)
    model = Conformer(8, 2, 2, kernel_size=5, reach=reach).double().eval()
    x = torch.randn(1, 20, 8, dtype=torch.float64, requires_grad=True)
    (grad,) = torch.autograd.grad(model(x)[0, 8].sin().sum(), x)
    seen = grad[0].abs().sum(dim=1).nonzero().flatten()
    assert (seen.min().item(), seen.max().item()) == (max(first, 0), min(last, 19))


def test_the_cache_of_a_stream_forgets_and_still_counts():
    cache = SlidingCache(3)
    key = torch.arange(10.0).view(1, 1, 10, 1)
    for steps, seen in (((0, 2), [0, 1]), ((2, 6), range(6)), ((6, 7), [3, 4, 5, 6])):
        found, _ = cache.append(key[:, :, slice(*steps)], key[:, :, slice(*steps)])
        assert found.flatten().tolist() == list(seen)
    assert (len(cache), cache.kept) == (7, range(4, 7))
    assert cache.key.flatten().tolist() == [4, 5, 6]


def test_a_conformer_learns_eight_sequences_by_heart():
    torch.manual_seed(0)
    model = nn.Sequential(Conformer(16, 2, 1, kernel_size=3, dropout=0.0), nn.Linear(16, 3))
    x, wanted = torch.randn(8, 6, 16), torch.randint(3, (8, 6))
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(30):
        loss = functional.cross_entropy(model(x).flatten(0, 1), wanted.flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert (model(x).argmax(dim=-1) == wanted).all()


def test_the_number_of_parameters_is_that_of_the_paper():
    d, d_feedforward, kernel = 16, 64, 31
    feed_forward = 2 * d + d * d_feedforward + d_feedforward + d_feedforward * d + d
    attention = 4 * (d * d + d) + d * d + 2 * d  # with the projection of positions and u, v
    convolution = 2 * d * d + kernel * d + 2 * d + d * d
    expected = 2 * feed_forward + attention + convolution + 3 * 2 * d  # three more normalisations
    block = ConformerBlock(d, 4)
    assert sum(parameter.numel() for parameter in block.parameters()) == expected


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Reach(before=-1), SettingError, "before is a number of steps or None"),
        (lambda: Reach(chunk=0), SettingError, "chunk is a number of steps and must be 1"),
        (lambda: Conformer(8, 2, 0), SettingError, "n_blocks must be 1 or more, got 0"),
        (lambda: Conformer(8, 3, 1), SequenceSettingError, "n_heads=3 must divide d_model=8"),
        (
            lambda: Conformer(8, 2, 1, kernel_size=4),
            SettingError,
            "kernel_size=4 must be 1 or more, and odd",
        ),
        (lambda: ConformerBlock(8, 2, dropout=1.0), SequenceSettingError, "0 <= dropout < 1"),
        (lambda: SlidingCache(-1), SettingError, "window is a number of steps or None"),
        (lambda: SlidingCache(2).key, SettingError, "the cache is empty"),
        (lambda: ConformerStream(Conformer(8, 2, 1)), SettingError, "needs a reach of after=0"),
        (
            lambda: ConformerStream(Conformer(8, 2, 1, reach=Reach(1, 0))),
            SettingError,
            r"call model.eval\(\) first",
        ),
    ],
)
def test_wrong_settings_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_stream_cannot_go_on_within_a_chunk():
    stream = ConformerStream(Conformer(8, 2, 1, reach=Reach(2, 0, chunk=2)).eval())
    stream.step(torch.zeros(1, 3, 8))
    with pytest.raises(ShapeError, match="3 steps are no whole number of chunks of 2"):
        stream.step(torch.zeros(1, 2, 8))
