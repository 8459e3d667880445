"""Language models of films' reviews: a recurrent network learns to say the next word.

The report sets its perplexity beside that of n-gram models over the same vocabulary and the same
test texts; their orders and constants are chosen on the validation texts, as the network's best
epoch is. Of a network with attention it shows a map, of a test text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn
from torch.utils.data import DataLoader

from praktikum.data import RatedText
from praktikum.engine import (
    EpochResult,
    Fit,
    Listener,
    RunFolder,
    Step,
    TrainerSettings,
    check_fields,
)
from praktikum.engine.plots import pixels, png
from praktikum.engine.report import Comparison
from praktikum.engine.run_folder import write_whole
from praktikum.recipes.registry import Assembly, Recipe
from praktikum.recipes.sentiment import TextData
from praktikum.text.activation_regularisation import (
    activation_penalty,
    temporal_activation_penalty,
)
from praktikum.text.attention_map import draw_attention_map
from praktikum.text.averaged_weights import AveragedWeights, is_stalled
from praktikum.text.buckets import text_loader
from praktikum.text.collation import CollateLanguage, LanguageBatch
from praktikum.text.kneser_ney import KneserNey
from praktikum.text.language_model import LanguageDropouts, LSTMLanguageModel
from praktikum.text.masked_loss import masked_cross_entropy, n_tokens, token_accuracy
from praktikum.text.ngrams import AddAlpha, NgramCounts, NgramModel
from praktikum.text.vocabulary import EOS, PAD, SOS, Vocabulary

__all__ = [
    "RECIPE",
    "Averaging",
    "LanguageModelConfig",
    "LanguageObjective",
    "NetworkSettings",
    "ngram_perplexities",
]

Texts = Sequence[Sequence[str]]
SHOWN = 24  # words of the text whose attention is shown
ORDERS, ALPHAS = (2, 3, 4), (0.001, 0.01, 0.1, 1.0)


@dataclass(frozen=True)
class NetworkSettings:
    """The network; see `LSTMLanguageModel`.

    Attributes:
        embedding: features of a word, default 160.
        hidden: features of the state of each layer but, with ``tied``, the last, default 160.
        num_layers: of LSTM, default 1.
        tied: predict words with the embedding itself, default true.
        attention: look back at what the network said before, default false.
        word_dropout: share of the vocabulary that is dropped from a batch, default 0.1.
        input_dropout: share of a word's features, the same in all of a text, default 0.4.
        hidden_dropout: the same of what goes from layer to layer, default 0.2.
        output_dropout: the same of what the last layer puts out, default 0.4.
        weight_dropout: share of the weights from state to state, default 0.3.
    """

    embedding: int = 160
    hidden: int = 160
    num_layers: int = 1
    tied: bool = True
    attention: bool = False
    word_dropout: float = 0.1
    input_dropout: float = 0.4
    hidden_dropout: float = 0.2
    output_dropout: float = 0.4
    weight_dropout: float = 0.3

    def __post_init__(self) -> None:
        sizes = {name: getattr(self, name) for name in ("embedding", "hidden", "num_layers")}
        shares = {name: getattr(self, name) for name in vars(self) if name.endswith("_dropout")}
        check_fields(
            self,
            **{name: (size >= 1, "be at least 1") for name, size in sizes.items()},
            **{name: (0 <= share < 1, "be in [0, 1)") for name, share in shares.items()},
        )

    def build(self, words: int) -> LSTMLanguageModel:
        """Return the network for so many words, untrained."""
        dropouts = LanguageDropouts(
            self.word_dropout,
            self.input_dropout,
            self.hidden_dropout,
            self.output_dropout,
            self.weight_dropout,
        )
        return LSTMLanguageModel(
            words,
            self.embedding,
            self.hidden,
            self.num_layers,
            tied=self.tied,
            attention=self.attention,
            dropouts=dropouts,
        )


@dataclass(frozen=True)
class LanguageObjective:
    """Cross-entropy of the next word, with penalties on activations; its size is that in tokens.

    Attributes:
        pad: number of the padding token.
        activation: weight of AR, see `activation_penalty`.
        temporal_activation: weight of TAR, see `temporal_activation_penalty`.
    """

    pad: int
    activation: float = 0.0
    temporal_activation: float = 0.0

    def __call__(self, model: nn.Module, batch: LanguageBatch, /) -> Step:
        """Return the loss of a batch; ``nll`` is its part without penalties, in nats a token."""
        output = model(batch.inputs)
        nll = masked_cross_entropy(output.logits, batch.targets, self.pad)
        real, loss = batch.targets != self.pad, nll
        if self.activation:
            loss = loss + self.activation * activation_penalty(output.dropped, real)
        if self.temporal_activation:
            change = temporal_activation_penalty(output.hidden, real)
            loss = loss + self.temporal_activation * change
        accuracy = token_accuracy(output.logits, batch.targets, self.pad)
        size = n_tokens(batch.targets, self.pad)
        return Step(loss, size, {"nll": nll.detach(), "accuracy": accuracy})


class Averaging(Listener):
    """Averages the weights of a model of `AveragedWeights` once validation has stalled.

    All that it knows lies in checkpoints: the average with the model, the losses with the run.

    patience: validations that may pass since the best one, see `is_stalled`
    """

    def __init__(self, patience: int) -> None:
        self._patience, self._update = patience, 0

    def fit_begins(self, fit: Fit) -> None:
        """Take note of how many updates a resumed run has behind it."""
        self._update = fit.update

    def batch_ends(self, fit: Fit, step: Step) -> None:
        """Take the weights into the average, if they have moved."""
        del step
        if fit.update > self._update:
            self._update = fit.update
            cast(AveragedWeights, fit.model).add_iterate()

    def epoch_ends(self, fit: Fit, result: EpochResult) -> None:
        """Begin to average if validation has stalled."""
        del result
        if is_stalled([epoch.valid["nll"] for epoch in fit.epochs], self._patience):
            cast(AveragedWeights, fit.model).start()


@dataclass(frozen=True)
class LanguageModelConfig:
    """A run of this recipe.

    Attributes:
        data: the texts; their ratings aren't used.
        network: what is trained.
        activation: weight of the penalty on large activations (AR), default 0.
        temporal_activation: weight of the penalty on sudden changes (TAR), default 0.
        averaging_patience: validations without a better one after which weights are averaged
            (NT-ASGD, whose rule is ``sgd`` without momentum), default none (never).
        trainer: how the network is trained.
    """

    data: TextData = field(default_factory=TextData)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    activation: float = 0.0
    temporal_activation: float = 0.0
    averaging_patience: int | None = None
    trainer: TrainerSettings = field(default_factory=lambda: TrainerSettings(monitor="nll"))

    def __post_init__(self) -> None:
        patience = self.averaging_patience
        check_fields(
            self,
            activation=(self.activation >= 0, "be at least 0"),
            temporal_activation=(self.temporal_activation >= 0, "be at least 0"),
            averaging_patience=(patience is None or patience >= 0, "be at least 0"),
        )


def ngram_perplexities(
    train: Texts, valid: Texts, test: Texts, vocabulary: Vocabulary
) -> dict[str, dict[str, float]]:
    """Return perplexities on `test` of n-gram models, their settings chosen on `valid`."""
    unigrams = NgramCounts(train, vocabulary, 1)
    families: dict[str, list[NgramModel]] = {
        "single words": [AddAlpha(unigrams, alpha) for alpha in ALPHAS],
        "n-grams, interpolated Kneser–Ney": [
            KneserNey(NgramCounts(train, vocabulary, order)) for order in ORDERS
        ],
    }
    reached = {}
    for name, models in families.items():
        best = min(models, key=lambda model: model.perplexity(valid))
        title = name.replace("n-grams", f"{best.counts.order}-grams")
        reached[title] = {"perplexity": best.perplexity(test)}
    return reached


def assemble(config: LanguageModelConfig, run_dir: Path) -> Assembly:
    """Return texts, network and loss, wired; the vocabulary is put into `run_dir`."""
    data = config.data
    train, valid, test = (_words(part, data) for part in data.open())
    vocabulary = Vocabulary.build(train, min_freq=data.min_freq, max_size=data.max_size)
    vocabulary.save(run_dir / "vocabulary.json")
    model: nn.Module = config.network.build(len(vocabulary))
    listeners: tuple[Listener, ...] = ()
    if config.averaging_patience is not None:
        model, listeners = AveragedWeights(model), (Averaging(config.averaging_patience),)

    def compare(reached: Mapping[str, float]) -> Comparison:
        kind = "LSTM with attention" if config.network.attention else "LSTM"
        if config.network.attention:
            _show_attention(model, [SOS, *test[0][:SHOWN]], vocabulary, RunFolder(run_dir))
        own = {"perplexity": math.exp(reached["nll"]), "accuracy": reached["accuracy"]}
        return {f"this run ({kind})": own} | ngram_perplexities(train, valid, test, vocabulary)

    return Assembly(
        model=model,
        train=_loader(train, vocabulary, data, config.trainer.seed),
        valid=_loader(valid, vocabulary, data),
        test=_loader(test, vocabulary, data),
        objective=LanguageObjective(vocabulary[PAD], config.activation, config.temporal_activation),
        compare=compare,
        listeners=listeners,
    )


def _show_attention(
    model: nn.Module, words: Sequence[str], vocabulary: Vocabulary, folder: RunFolder
) -> None:
    """Draw what the model looks back at in a text, among the plots of the report."""
    device = next(model.parameters()).device
    tokens = torch.tensor(vocabulary.lookup_indices(words), device=device)[:, None]
    with torch.no_grad():
        weights = model.eval()(tokens).attention[0]
    picture = png(pixels(draw_attention_map(weights, words)))
    write_whole(folder.plots / "example-attention.png", picture)


def _words(texts: Sequence[RatedText], data: TextData) -> Texts:
    """Return the words of the texts, at most `max_length` of each, without marks."""
    return [[word for word in data.words(text) if word != EOS][: data.max_length] for text in texts]


def _loader(
    texts: Texts, vocabulary: Vocabulary, data: TextData, seed: int | None = None
) -> DataLoader[Any]:
    """Return batches of marked texts; with a seed, shuffled in buckets."""
    examples = [vocabulary.lookup_indices([SOS, *words, EOS]) for words in texts]
    lengths, collate = list(map(len, examples)), CollateLanguage(vocabulary[PAD])
    return text_loader(examples, lengths, collate, data.batch_size, data.pool, seed)


RECIPE = Recipe(LanguageModelConfig, assemble)
