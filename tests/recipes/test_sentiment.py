"""The recipe of opinions: what a config becomes, and a run from end to end."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.special import log_softmax
from sklearn.metrics import log_loss
from torch import nn

from praktikum.data import DataError, RatedText, TextSplits
from praktikum.engine import LoggingSettings, OptimiserSettings, RunFolder, TrainerSettings
from praktikum.engine.errors import SettingError
from praktikum.recipes.config import read_config
from praktikum.recipes.run import evaluate_run, train_run
from praktikum.recipes.sentiment import (
    RECIPE,
    NetworkSettings,
    SentimentConfig,
    SentimentObjective,
    TextData,
    simpler_methods,
)
from praktikum.text.vocabulary import EOS, Vocabulary

CONFIGS = Path(__file__).parents[2] / "configs"
GOOD = ["great", "warm", "clever", "moving", "fine"]
BAD = ["dull", "flat", "awful", "noisy", "weak"]


@pytest.fixture
def folder(tmp_path):
    """Reviews whose words tell their rating, 200 to train on and 40 to test on."""
    rng = np.random.default_rng(0)
    for part, n in (("train", 100), ("test", 20)):
        for kind, words in (("neg", BAD), ("pos", GOOD)):
            path = tmp_path / "reviews" / part / kind
            path.mkdir(parents=True)
            for number in range(n):
                length = int(rng.integers(2, 9))
                text = " ".join(rng.choice([*words, "film", "the", str(number)], length + 3))
                stars = 2 if kind == "neg" else 9
                (path / f"{number}_{stars}.txt").write_text(f"{words[number % 5]} {text}")
    return tmp_path / "reviews"


@pytest.fixture
def config(folder):
    return SentimentConfig(
        data=TextData(name="folder", folder=folder, batch_size=16),
        network=NetworkSettings(embedding=8, hidden=8, word_dropout=0.1),
        trainer=TrainerSettings(
            epochs=3,
            optimiser=OptimiserSettings("adamw", lr=0.02),
            logging=LoggingSettings(progress=False, scalars=False, hyperparameters=False),
        ),
    )


@pytest.mark.parametrize("layer", ["lstm", "gru", "fast-lstm"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_any_layer_gives_a_logit_for_each_text(layer, bidirectional):
    words = Vocabulary.build([["a"]])
    settings = NetworkSettings(layer, 4, 5, num_layers=2, bidirectional=bidirectional)
    logits = settings.build(words, 10)(torch.tensor([[4, 4], [4, 0]]), torch.tensor([2, 1]))
    assert logits.shape == (2, 10)


def test_words_begin_with_published_vectors(tmp_path):
    (tmp_path / "glove.txt").write_text("fine 1 2\nabsent 3 4\n")
    words = Vocabulary.build([["fine", "dull"]])
    settings = NetworkSettings(embedding=2, vectors=tmp_path / "glove.txt")
    weights = settings.build(words, 1).embedding[0].embedding.weight
    assert weights[words["fine"]].tolist() == [1, 2]
    assert weights[words["dull"]].abs().max() < 1


def test_vectors_of_another_size_are_refused(tmp_path):
    (tmp_path / "glove.txt").write_text("fine 1 2\n")
    settings = NetworkSettings(embedding=3, vectors=tmp_path / "glove.txt")
    with pytest.raises(SettingError, match="embedding=3 must be the 2 numbers of each vector"):
        settings.build(Vocabulary.build([["fine"]]), 1)


def test_batches_hold_numbers_of_words_rating_and_opinion(config):
    texts = [RatedText("Great <b>film</b>, 10/10!", 9, True), RatedText("Dull", 1, False)]
    data = replace(config.data, max_length=2)
    words = Vocabulary.build(map(data.words, texts))
    (batch,) = data.loader(texts, words)
    assert [words.lookup_tokens(text) for text in batch.tokens.T] == [["great", EOS], ["dull", EOS]]
    assert batch.labels.tolist() == [[9, 1], [1, 0]]


def test_stop_words_are_left_out_if_wanted():
    data = TextData(stop_words=True)
    assert data.words(RatedText("The film is not the best", 3, False)) == [
        *("film", "not", "best", EOS)
    ]


class Fixed(nn.Module):
    """Answers with its logits, whatever it is asked."""

    def __init__(self, logits):
        super().__init__()
        self.logits = torch.tensor(logits)

    def forward(self, tokens, lengths):
        return self.logits


LABELS = torch.tensor([[9, 1], [2, 0], [5, 0]])


def test_the_loss_of_opinions_is_scikit_learns():
    logits = [[2.0], [-1.0], [0.5]]
    step = SentimentObjective()(Fixed(logits), (None, None, LABELS))
    probability = torch.sigmoid(torch.tensor(logits)[:, 0])
    assert step.loss.item() == pytest.approx(log_loss([1, 0, 0], probability))
    assert step.metrics["accuracy"].item() == pytest.approx(2 / 3)
    assert step.size == 3


def test_taught_softly_the_loss_is_least_where_the_rating_is_met():
    met = torch.logit(torch.tensor([[0.95], [0.25], [0.55]])).tolist()
    objective = SentimentObjective(soft=True)
    least = objective(Fixed(met), (None, None, LABELS)).loss
    for off in (-0.1, 0.1):
        shifted = [[row[0] + off] for row in met]
        assert objective(Fixed(shifted), (None, None, LABELS)).loss > least


def test_the_loss_of_ratings_is_scipys():
    logits = torch.randn(3, 10, generator=torch.Generator().manual_seed(0))
    step = SentimentObjective("rating")(Fixed(logits.tolist()), (None, None, LABELS))
    assert step.loss.item() == pytest.approx(-log_softmax(logits, 1)[range(3), [9, 2, 5]].mean())
    assert step.metrics["accuracy"] == (logits.argmax(1) == LABELS[:, 0]).float().mean()


def test_simpler_methods_learn_what_words_tell():
    texts = [RatedText(f"{word} film", 8, True) for word in GOOD]
    texts += [RatedText(f"{word} film", 1, False) for word in BAD]
    table = simpler_methods(TextSplits(texts, texts, texts[:7]), "sentiment")
    assert table == {
        "most frequent answer": {"accuracy": pytest.approx(2 / 7)},  # of two alike the first
        "tf-idf and logistic regression": {"accuracy": 1.0},
        "tf-idf and ridge regression of ratings": {"accuracy": 1.0},
    }


def test_simpler_methods_see_pairs_of_words():
    train = [RatedText("not bad", 8, True), RatedText("bad", 1, False)] * 5
    train += [RatedText("good", 8, True), RatedText("not good", 1, False)] * 5
    table = simpler_methods(TextSplits(train, train, train), "rating")
    assert table["tf-idf and logistic regression"]["accuracy"] == 1.0
    assert list(table) == ["most frequent answer", "tf-idf and logistic regression"]


@pytest.mark.parametrize("target", ["sentiment", "rating"])
def test_a_run_learns_and_its_report_compares(config, target, tmp_path):
    path = tmp_path / "run"
    described = read_config(CONFIGS / "sentiment-small.toml")
    history = train_run(replace(described, values=replace(config, target=target)), path)
    assert history.best.valid["accuracy"] >= 0.9
    reached = evaluate_run(path)
    comparison = json.loads(RunFolder(path).comparison.read_text())
    assert comparison["this run (fast-lstm)"] == {"accuracy": reached["accuracy"]}
    assert comparison["tf-idf and logistic regression"]["accuracy"] >= 0.9
    report = RunFolder(path).report.read_text()
    assert f"| this run (fast-lstm) | {reached['accuracy']:.4f} |\n| most frequent answer" in report
    assert len(Vocabulary.load(path / "vocabulary.json")) > len(GOOD + BAD)


@pytest.mark.parametrize("name", ["sentiment-small", "sentiment-full"])
def test_the_configs_are_of_this_recipe(name):
    assert isinstance(read_config(CONFIGS / f"{name}.toml").values, RECIPE.config)


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(DataError, match="there is no such folder"):
        TextData(name="folder", folder=tmp_path).open()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: TextData(batch_size=0), "batch_size"),
        (lambda: TextData(max_size=3), "max_size"),
        (lambda: NetworkSettings(word_dropout=1.0), "word_dropout"),
        (lambda: SentimentConfig(target="rating", soft=True), "be false unless"),
    ],
)
def test_impossible_settings_are_refused(make, said):
    with pytest.raises(SettingError, match=said):
        make()


@pytest.mark.slow
def test_sentiment_small_is_better_than_tf_idf(tmp_path):
    train_run(read_config(CONFIGS / "sentiment-small.toml"), tmp_path)
    comparison = json.loads(RunFolder(tmp_path).comparison.read_text())
    own, _, logistic, _ = (row["accuracy"] for row in comparison.values())
    assert own > logistic
