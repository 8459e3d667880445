"""The recipe of translation: pairs, objective, scores, and a run from end to end."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sacrebleu.metrics import BLEU, CHRF
from tokenizers import Tokenizer
from torch.nn import functional

from praktikum.data import DataError
from praktikum.data.translations import Translation, TranslationSplits
from praktikum.engine import LoggingSettings, OptimiserSettings, RunFolder, TrainerSettings
from praktikum.engine.errors import SettingError
from praktikum.recipes.config import RunConfig, read_config
from praktikum.recipes.run import evaluate_run, train_run
from praktikum.recipes.translation import (
    RECIPE,
    NetworkSettings,
    PairData,
    TranslationConfig,
    TranslationObjective,
    memory_translations,
    scores,
)
from praktikum.text.pair_batches import CollatePairs

CONFIGS = Path(__file__).parents[2] / "configs"
ENGLISH = "one two three four five six seven eight nine ten".split()  # noqa: SIM905 - easier to read
RUSSIAN = "один два три четыре пять шесть семь восемь девять десять".split()  # noqa: SIM905


@pytest.fixture
def path(tmp_path):
    """A file of pairs of numbers, said word for word."""
    rng = np.random.default_rng(0)
    lines = set()
    while len(lines) < 450:
        numbers = rng.integers(10, size=rng.integers(4, 7))
        sides = (" ".join(words[number] for number in numbers) for words in (ENGLISH, RUSSIAN))
        lines.add("\t".join(sides))
    (tmp_path / "pairs.txt").write_text("\n".join(sorted(lines)), encoding="utf-8")
    return tmp_path / "pairs.txt"


@pytest.fixture
def config(path):
    return TranslationConfig(
        data=PairData("file", path, valid=0.1, test=0.1, n_tokens=320, batch_size=32),
        network=NetworkSettings(48, 4, 1, 1, 96, dropout=0.0),
        beam_size=2,
        trainer=TrainerSettings(
            epochs=10,
            monitor="nll",
            clip_norm=1.0,
            optimiser=OptimiserSettings("adam", lr=6e-3),
            logging=LoggingSettings(progress=False, scalars=False, hyperparameters=False),
        ),
    )


def test_a_run_translates_better_than_a_memory_and_shows_where_it_looks(config, tmp_path):
    folder = RunFolder(tmp_path / "run")
    train_run(RunConfig("translation", config), folder.path)
    own, _, memory = json.loads(folder.comparison.read_text()).values()
    assert own["BLEU"] > memory["BLEU"] + 20
    assert own["chrF"] > memory["chrF"] + 5
    assert own["perplexity"] == pytest.approx(math.exp(evaluate_run(folder.path)["nll"]), rel=1e-6)
    with (folder.path / "translations.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    found, references = ([row[key] for row in rows] for key in ("this run", "reference"))
    assert own["BLEU"] == pytest.approx(BLEU().corpus_score(found, [references]).score)
    assert Tokenizer.from_file(str(folder.path / "tokenizer.json")).get_vocab_size() == 320
    report = folder.report.read_text()
    assert "| this run (beam of 2) |" in report
    assert "| translation memory, nearest by tf-idf of" in report
    assert "![example-attention-1](plots/example-attention-1.png)" in report
    with Image.open(folder.plots / "example-attention-1.png") as picture:
        assert picture.width > 100


def test_scores_are_those_of_sacrebleu():
    pairs = [Translation("a", "Открыть файл и закрыть его."), Translation("b", "Нет такого файла")]
    found = ["Открыть файлы и закрыть.", "Нет такой группы"]
    references = [[pair.target for pair in pairs]]
    assert scores(found, pairs) == pytest.approx(
        {
            "BLEU": BLEU().corpus_score(found, references).score,
            "chrF": CHRF().corpus_score(found, references).score,
            "chrF++": CHRF(word_order=2).corpus_score(found, references).score,
        }
    )


def test_the_loss_is_torchs_with_smoothed_labels():
    pairs = [([5, 6, 2], [1, 7, 2]), ([5, 2], [1, 3, 4, 2])]
    batch = CollatePairs(0)(pairs)
    model = NetworkSettings(8, 2, 1, 1, 8).build(9).eval()
    logits = model(batch.source, batch.inputs, batch.lengths).flatten(0, 1)
    targets = batch.targets.flatten()
    step = TranslationObjective(0, 0.2)(model, batch)
    plain, smoothed = (
        functional.cross_entropy(logits, targets, ignore_index=0, label_smoothing=share)
        for share in (0.0, 0.2)
    )
    torch.testing.assert_close(step.loss, smoothed)
    torch.testing.assert_close(step.metrics["nll"], plain)
    assert step.size == 5


def test_a_memory_looks_at_what_does_better_on_validation_pairs():
    train = [Translation("files are closed", "нет"), Translation("opening files", "да")]
    by_characters = [Translation("reopened", "да")]  # no word of it is known
    (name,) = memory_translations(TranslationSplits(train, by_characters, by_characters))
    assert name.endswith("characters")
    (found,) = memory_translations(TranslationSplits(train, by_characters, train)).values()
    assert found == ["нет", "да"]


def test_pairs_of_catalogues_are_noted_with_their_licences(tmp_path):
    pytest.importorskip("django", reason="its catalogues are read")
    data = PairData(system=False, longest=30)
    splits = data.open(tmp_path)
    assert max(len(side) for part in splits for pair in part for side in pair) <= 30
    noted = (tmp_path / "catalogues.txt").read_text()
    assert "BSD-3-Clause" in noted
    assert any(line.endswith("ru/LC_MESSAGES/django.mo") for line in noted.splitlines())


def test_too_few_pairs_are_told(path):
    with pytest.raises(DataError, match="of 450 pairs 0 have at most longest=3 characters"):
        PairData("file", path, longest=3).open(path.parent)


@pytest.mark.parametrize("name", ["translate-small", "translate-full"])
def test_the_configs_are_of_this_recipe(name):
    assert isinstance(read_config(CONFIGS / f"{name}.toml").values, RECIPE.config)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PairData(n_tokens=100), "n_tokens=100 must be at least 260"),
        (lambda: PairData(valid=0.6, test=0.4), "valid=0.6 must be above 0 and leave pairs"),
        (lambda: NetworkSettings(n_heads=0), "n_heads=0 must be at least 1"),
        (lambda: NetworkSettings(dropout=1.0), r"dropout=1.0 must be in \[0, 1\)"),
        (lambda: TranslationConfig(smoothing=1.0), r"smoothing=1.0 must be in \[0, 1\)"),
        (lambda: TranslationConfig(beam_size=0), "beam_size=0 must be at least 1"),
    ],
)
def test_settings_out_of_range_are_refused(make, message):
    with pytest.raises(SettingError, match=message):
        make()


@pytest.mark.slow
def test_translate_small_is_better_than_a_memory(tmp_path):
    config = read_config(CONFIGS / "translate-small.toml")
    try:
        n_pairs = sum(map(len, config.values.data.open(tmp_path)))
    except DataError as error:
        pytest.skip(str(error))
    if n_pairs < 20_000:
        pytest.skip(f"catalogues of this machine have {n_pairs} pairs: too few to learn from")
    train_run(config, tmp_path / "run")
    own, _, memory = json.loads(RunFolder(tmp_path / "run").comparison.read_text()).values()
    assert own["BLEU"] > memory["BLEU"]
    assert own["chrF"] > memory["chrF"]
