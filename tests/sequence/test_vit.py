"""ViT against transformers: hidden states, logits, positions of other sizes; folders."""

import json

import pytest
import torch
import transformers
from torch.nn import functional

from praktikum.sequence import ViT, ViTClassifier, ViTConfig
from praktikum.sequence.errors import SequenceError, SettingError, ShapeError, WeightsError

SIZES = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 4, "num_channels": 2}
PICTURES = {"intermediate_size": 24, "image_size": 12, "patch_size": 4}
CONFIG = ViTConfig(
    d_model=16, n_layers=2, n_heads=4, d_feedforward=24, image_size=12, patch_size=4, n_channels=2
)


def published(folder, kind, **settings):
    """Write a model of transformers with large random weights into the folder, and return it."""
    torch.manual_seed(0)
    config = transformers.ViTConfig(**SIZES, **PICTURES, initializer_range=0.3, **settings)
    model = kind(config).eval()
    for name, parameter in model.named_parameters():
        if parameter.ndim == 1:
            torch.nn.init.normal_(parameter, mean=float("layernorm" in name), std=0.3)
    model.save_pretrained(folder)
    return model


@pytest.fixture
def pictures():
    """Three pictures of two channels."""
    return torch.randn(3, 2, 12, 12, generator=torch.Generator().manual_seed(1))


@torch.no_grad()
def test_hidden_states_of_every_layer_are_those_of_transformers(tmp_path, pictures):
    theirs = published(tmp_path, transformers.ViTModel)
    ours, states = ViT.from_pretrained(tmp_path), []
    for layer in ours.encoder.layers:
        layer.register_forward_hook(lambda module, inputs, output: states.append(output[0]))
    hidden, _ = ours(pictures)
    wanted = theirs(pictures, output_hidden_states=True)
    for state, expected in zip(states, wanted.hidden_states[1:], strict=True):
        torch.testing.assert_close(state, expected, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(hidden, wanted.last_hidden_state, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_logits_are_those_of_transformers(tmp_path, pictures):
    theirs = published(tmp_path, transformers.ViTForImageClassification, num_labels=5)
    found = ViTClassifier.from_pretrained(tmp_path)(pictures)
    torch.testing.assert_close(found, theirs(pictures).logits, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_maps_of_heads_are_those_of_transformers(tmp_path, pictures):
    theirs = published(tmp_path, transformers.ViTModel, attn_implementation="eager")
    _, maps = ViT.from_pretrained(tmp_path)(pictures, need_weights=True)
    wanted = theirs(pictures, output_attentions=True).attentions
    for one, two in zip(maps, wanted, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-5, atol=1e-5)


def test_gradients_are_those_of_transformers(tmp_path, pictures):
    theirs = published(tmp_path, transformers.ViTForImageClassification).double()
    ours, labels = ViTClassifier.from_pretrained(tmp_path).double(), torch.tensor([0, 1, 1])
    functional.cross_entropy(ours(pictures.double()), labels).backward()
    functional.cross_entropy(theirs(pictures.double()).logits, labels).backward()
    body = theirs.vit.embeddings
    torch.testing.assert_close(ours.vit.cls_token.grad, body.cls_token.grad)
    torch.testing.assert_close(
        ours.vit.patches.weight.grad, body.patch_embeddings.projection.weight.grad
    )
    torch.testing.assert_close(ours.vit.positions.weight.grad, body.position_embeddings.grad[0])


@pytest.mark.parametrize("image_size", [8, 20])
@torch.no_grad()
def test_positions_of_another_size_are_interpolated_as_by_transformers(tmp_path, image_size):
    theirs = published(tmp_path, transformers.ViTModel)
    pictures = torch.randn(2, 2, image_size, image_size)
    hidden, _ = ViT.from_pretrained(tmp_path).resized(image_size)(pictures)
    expected = theirs(pictures, interpolate_pos_encoding=True).last_hidden_state
    torch.testing.assert_close(hidden, expected, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_what_is_saved_is_read_by_transformers(tmp_path, pictures):
    ours = ViTClassifier(ViT(CONFIG), n_labels=3).eval()
    ours.save_pretrained(tmp_path)
    kind = transformers.ViTForImageClassification
    theirs, told = kind.from_pretrained(tmp_path, output_loading_info=True)
    assert not any(told.values())
    torch.testing.assert_close(ours(pictures), theirs(pictures).logits, rtol=1e-5, atol=1e-5)
    again = ViTClassifier.from_pretrained(tmp_path)
    assert again.config == CONFIG
    assert torch.equal(again(pictures), ours(pictures))


def test_without_positions_the_order_of_patches_is_lost(pictures):
    model = ViTClassifier(ViT(CONFIG), n_labels=3).eval()
    turned = pictures.unflatten(-2, (3, 4)).flip(-3).flatten(-3, -2)  # rows of patches reversed
    assert not torch.allclose(model(turned), model(pictures), atol=1e-6)
    torch.nn.init.zeros_(model.vit.positions.weight)
    torch.testing.assert_close(model(turned), model(pictures), rtol=1e-5, atol=1e-6)


def test_eight_pictures_are_learned_by_heart():
    torch.manual_seed(0)
    model = ViTClassifier(ViT(CONFIG), n_labels=8)
    pictures, labels = torch.randn(8, 2, 12, 12), torch.arange(8)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(30):
        loss = functional.cross_entropy(model(pictures), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert torch.equal(model.eval()(pictures).argmax(1), labels)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"qkv_bias": False}, "qkv_bias must be True, got False"),
        ({"image_size": [12, 16]}, r"image_size must be int, got \[12, 16\]"),
        ({"patch_size": 5}, "patch_size=5 must divide image_size=12"),
        ({"model_type": "deit"}, "model_type must be 'vit', got 'deit'"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(tmp_path, change, message):
    published(tmp_path, transformers.ViTModel)
    file = tmp_path / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(WeightsError, match=message):
        ViT.from_pretrained(tmp_path)


def test_what_does_not_fit_is_told(tmp_path):
    with pytest.raises(ShapeError, match=r"= \[2, 12, 12\], got \[3, 12, 12\]; `resized` makes"):
        ViT(CONFIG)(torch.zeros(1, 3, 12, 12))
    with pytest.raises(SettingError, match="patch_size=4 must divide image_size=10"):
        ViT(CONFIG).resized(10)
    published(tmp_path, transformers.ViTModel)
    with pytest.raises(SequenceError, match="no weights of a head: .* give ViTClassifier the body"):
        ViTClassifier.from_pretrained(tmp_path)
