"""Pre-training of GPT and BERT and the training of a ViT, from end to end, on tiny texts."""

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from praktikum.engine import LoggingSettings, OptimiserSettings, RunFolder, TrainerSettings
from praktikum.engine.errors import SettingError
from praktikum.recipes.bert import BertRunConfig, PretrainingObjective
from praktikum.recipes.classification import ImageData
from praktikum.recipes.config import RunConfig, read_config
from praktikum.recipes.gpt import GPTRunConfig, PlainTexts, StackSettings
from praktikum.recipes.run import evaluate_run, train_run
from praktikum.recipes.vit import ViTRunConfig, ViTSettings
from praktikum.text.bert_heads import BertPretraining
from praktikum.text.gpt import GPT
from praktikum.text.tokenizer_file import read_tokenizer

CONFIGS = Path(__file__).parents[2] / "configs"
WORDS = "film plot cast scene joke score".split()  # noqa: SIM905 - easier to read
TINY = StackSettings(d_model=16, n_layers=1, n_heads=2, dropout=0.0, init_std=0.2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Reviews in which each word decides about the next one, mostly."""
    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("texts") / "reviews"
    for part, n in (("train", 60), ("test", 20)):
        for kind, stars in (("neg", 2), ("pos", 9)):
            (path / part / kind).mkdir(parents=True)
            for number in range(n):
                places = [int(rng.integers(6))]
                for _ in range(int(rng.integers(4, 9))):
                    places.append((places[-1] + 1 + int(rng.random() < 0.2)) % 6)
                text = " ".join(WORDS[place] for place in places)
                (path / part / kind / f"{number}_{stars}.txt").write_text(f"{text} {number % 8}")
    return path


def trainer(epochs, **settings):
    quiet = LoggingSettings(progress=False, scalars=False, hyperparameters=False)
    rule = OptimiserSettings("adamw", lr=0.02)
    return TrainerSettings(epochs=epochs, optimiser=rule, logging=quiet, **settings)


@pytest.fixture(scope="module")
def gpt_run(folder, tmp_path_factory):
    """A finished run of the recipe `gpt`."""
    texts = PlainTexts("folder", folder, n_tokens=300, max_length=24, batch_size=16)
    config = GPTRunConfig(texts, TINY, trainer(4))
    train_run(RunConfig("gpt", config), run := tmp_path_factory.mktemp("gpt") / "run")
    return run


@pytest.fixture(scope="module")
def bert_run(folder, tmp_path_factory):
    """A finished run of the recipe `bert`."""
    texts = PlainTexts("folder", folder, n_tokens=300, max_length=24, batch_size=16)
    settings = trainer(6, monitor="accuracy", higher_is_better=True)
    config = BertRunConfig(texts, TINY, share=0.3, trainer=settings)
    train_run(RunConfig("bert", config), run := tmp_path_factory.mktemp("bert") / "run")
    return run


def test_a_gpt_states_its_perplexity_beside_that_of_ngrams(gpt_run):
    table = json.loads(RunFolder(gpt_run).comparison.read_text())
    own = table["this run (GPT)"]
    assert own["perplexity"] == pytest.approx(math.exp(evaluate_run(gpt_run)["loss"]), rel=1e-6)
    assert own["perplexity"] < table["single tokens"]["perplexity"]
    bits = {row["bits a byte"] / math.log2(row["perplexity"]) for row in table.values()}
    assert max(bits) == pytest.approx(min(bits))  # one number of tokens a byte for all
    assert "| bits a byte |" in RunFolder(gpt_run).report.read_text()


def test_bits_of_a_byte_are_those_of_the_texts_as_they_stand(gpt_run, folder):
    table = json.loads(RunFolder(gpt_run).comparison.read_text())
    own, tokenizer = table["this run (GPT)"], read_tokenizer(gpt_run / "tokenizer.json")
    texts = [path.read_text() for path in (folder / "test").glob("*/*.txt")]
    n_bytes = sum(len(f" {text}\n".encode()) for text in texts)  # with the space before a word
    n_tokens = sum(len(tokenizer.encode(text)) + 1 for text in texts)
    bits = math.log2(own["perplexity"]) * n_tokens / n_bytes
    assert own["bits a byte"] == pytest.approx(bits, rel=1e-9)


@torch.no_grad()
def test_a_trained_gpt_is_read_by_transformers_and_its_samples_are_texts(gpt_run):
    theirs = transformers.GPT2LMHeadModel.from_pretrained(gpt_run / "published").eval()
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_file=str(gpt_run / "tokenizer.json"))
    ids = tokenizer("film plot", return_tensors="pt")["input_ids"]
    found = GPT.from_pretrained(gpt_run / "published")(ids)
    torch.testing.assert_close(found, theirs(ids).logits, rtol=1e-4, atol=1e-4)
    samples = (gpt_run / "samples.txt").read_text().splitlines()
    assert len(samples) == 10
    assert set(" ".join(samples).split()) & set(WORDS)


def test_a_bert_states_its_accuracy_beside_that_of_simpler_guesses(bert_run):
    table = json.loads(RunFolder(bert_run).comparison.read_text())
    reached = evaluate_run(bert_run)
    assert table["this run (BERT)"]["accuracy"] == pytest.approx(reached["accuracy"])
    frequent, beside = table["most frequent answer"], table["between its neighbours"]
    assert frequent["accuracy"] < min(beside["accuracy"], reached["accuracy"])
    assert 0.5 <= frequent["pairs"] < 0.7
    assert "| between its neighbours |" in RunFolder(bert_run).report.read_text()


@torch.no_grad()
def test_a_trained_bert_is_read_by_transformers(bert_run):
    theirs = transformers.BertForPreTraining.from_pretrained(bert_run / "published").eval()
    tokens = torch.tensor([[2, 40, 41, 3, 42, 3]])
    found = BertPretraining.from_pretrained(bert_run / "published")(tokens)
    wanted = theirs(tokens)
    torch.testing.assert_close(found.tokens, wanted.prediction_logits, rtol=1e-4, atol=1e-4)
    expected = wanted.seq_relationship_logits
    torch.testing.assert_close(found.next_sentence, expected, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_the_loss_of_pretraining_is_that_of_transformers(bert_run):
    """Of the masked tokens and the pairs together, as `BertForPreTraining` adds them."""
    from praktikum.recipes.bert import RECIPE

    config = read_config(RunFolder(bert_run).config).values
    batch = next(iter(RECIPE.assemble(config, bert_run).valid))
    ours = BertPretraining.from_pretrained(bert_run / "published")
    theirs = transformers.BertForPreTraining.from_pretrained(bert_run / "published").eval()
    expected = theirs(
        batch.tokens,
        attention_mask=batch.mask.long(),
        token_type_ids=batch.segments,
        labels=torch.where(batch.chosen, batch.targets, -100),
        next_sentence_label=batch.is_other,
    ).loss
    step = PretrainingObjective()(ours, batch)
    torch.testing.assert_close(step.loss, expected, rtol=1e-4, atol=1e-4)
    assert step.size == int(batch.chosen.sum())


def test_a_resumed_run_sees_the_masks_that_a_whole_one_sees(folder, tmp_path):
    kind, network = "bert", replace(TINY, dropout=0.1)
    texts = PlainTexts("folder", folder, n_tokens=290, max_length=16, batch_size=40)
    config = BertRunConfig(texts, network, trainer=trainer(2))
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    train_run(RunConfig(kind, config), whole)
    train_run(RunConfig(kind, replace(config, trainer=replace(config.trainer, epochs=1))), parts)
    shutil.copy(RunFolder(whole).config, RunFolder(parts).config)
    train_run(RunConfig(kind, config), parts, resume=True)
    states = [
        torch.load(RunFolder(run).last, weights_only=False)["model"] for run in (whole, parts)
    ]
    assert all(torch.equal(states[0][name], value) for name, value in states[1].items())


def test_a_vit_states_its_accuracy_beside_that_of_logistic_regression(tmp_path):
    config = ViTRunConfig(
        data=ImageData("digits", valid=200, batch_size=256),
        network=ViTSettings(patch_size=4, d_model=16, n_layers=1, n_heads=2, dropout=0.0),
        trainer=trainer(2),
    )
    train_run(RunConfig("vit", config), tmp_path / "run")
    table = json.loads(RunFolder(tmp_path / "run").comparison.read_text())
    reached = evaluate_run(tmp_path / "run")
    assert table["this run (ViT)"]["accuracy"] == pytest.approx(reached["accuracy"])
    assert reached["accuracy"] > table["most frequent class"]["accuracy"] + 0.1
    assert 0.93 < table["logistic regression on pixels"]["accuracy"] < 0.98


@pytest.mark.parametrize(
    "name", ["gpt-small", "gpt-full", "bert-small", "bert-full", "vit-small", "vit-full"]
)
def test_published_configs_are_read(name):
    assert read_config(CONFIGS / f"{name}.toml").recipe == name.split("-")[0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PlainTexts(n_tokens=257), "n_tokens=257 must be at least 258"),
        (lambda: PlainTexts(max_length=7), "max_length=7 must be at least 8 tokens"),
        (lambda: StackSettings(n_heads=3), "n_heads=3 must be at least 1 and divide d_model=128"),
        (lambda: StackSettings(dropout=1.0), r"dropout=1.0 must be in \[0, 1\)"),
        (lambda: ViTSettings(n_heads=0), "n_heads=0 must be at least 1 and divide d_model=64"),
        (lambda: BertRunConfig(share=0.0), "share=0.0 must be above 0 and at most 1"),
        (lambda: ViTRunConfig(label_smoothing=1.0), r"label_smoothing=1.0 must be in \[0, 1\)"),
    ],
)
def test_settings_out_of_range_are_refused(make, message):
    with pytest.raises(SettingError, match=message):
        make()
