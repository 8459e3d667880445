"""Opinions about films: a recurrent network tells whether a text is favourable, or its rating.

The report sets it beside tf-idf with linear models on the same test texts; their settings are
chosen on the validation texts, as the network's best epoch is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader

from praktikum.data import DATA_FOLDER, RatedText, TextSplits, open_texts
from praktikum.engine import SettingError, Step, TrainerSettings, check_fields
from praktikum.engine.report import Comparison
from praktikum.recipes.registry import Assembly, Recipe
from praktikum.sequence import GRU, LSTM, EmbeddingDropout, FastLSTM, LockedDropout
from praktikum.text.buckets import text_loader
from praktikum.text.classifier import RNNClassifier
from praktikum.text.collation import CollateLabelled
from praktikum.text.pooling import PoolingName
from praktikum.text.tokenisation import STOP_WORDS, tokenise
from praktikum.text.vocabulary import EOS, PAD, Vocabulary
from praktikum.text.word_vectors import WordVectors

__all__ = [
    "RECIPE",
    "NetworkSettings",
    "SentimentConfig",
    "SentimentObjective",
    "TextData",
    "simpler_methods",
]

Target = Literal["sentiment", "rating"]
RATINGS = 10
LAYERS: Mapping[str, type[nn.Module]] = {"lstm": LSTM, "gru": GRU, "fast-lstm": FastLSTM}


@dataclass(frozen=True)
class TextData:
    """Which texts, and how they become numbers.

    Attributes:
        name: ``snippets`` (sentences), ``aclimdb`` (reviews), or ``folder`` for reviews of your own
            in ``train/pos/NUMBER_STARS.txt`` and so on. Default ``snippets``.
        folder: where downloads are kept, or, for ``folder``, what holds ``train`` and ``test``.
            Default ``var/data``.
        download: fetch what isn't there, default true; the snippets are 2.5 MB, aclimdb is 84 MB.
        min_freq: how often a word must occur to be known, default 2.
        max_size: words that are known at most, with the special ones, default all.
        max_length: words that are read of a text, default all.
        stop_words: leave out frequent words that say little, default false.
        batch_size: texts in a batch, default 32.
        pool: batches that are sorted by length together, default 50.
    """

    name: Literal["snippets", "aclimdb", "folder"] = "snippets"
    folder: Path = DATA_FOLDER
    download: bool = True
    min_freq: int = 2
    max_size: int | None = None
    max_length: int | None = None
    stop_words: bool = False
    batch_size: int = 32
    pool: int = 50

    def __post_init__(self) -> None:
        check_fields(
            self,
            min_freq=(self.min_freq >= 1, "be at least 1"),
            max_size=(self.max_size is None or self.max_size >= 4, "be at least 4"),
            max_length=(self.max_length is None or self.max_length >= 1, "be at least 1 word"),
            batch_size=(self.batch_size >= 1, "be at least 1"),
            pool=(self.pool >= 1, "be at least 1"),
        )

    def open(self) -> TextSplits:
        """Return the texts. Raises DataError where they are not as they should be."""
        return open_texts(self.name, self.folder, self.download)

    def words(self, text: RatedText) -> list[str]:
        """Return what is read of a text."""
        return [*tokenise(text.text, STOP_WORDS if self.stop_words else ()), EOS]

    def loader(
        self, texts: Iterable[RatedText], vocabulary: Vocabulary, seed: int | None = None
    ) -> DataLoader[Any]:
        """Return batches with labels (rating, favourable); with a seed, shuffled in buckets."""
        examples = [
            (vocabulary.lookup_indices(self.words(text)), (text.rating, int(text.favourable)))
            for text in texts
        ]
        collate = CollateLabelled(vocabulary[PAD], False, self.max_length, vocabulary[EOS])
        lengths = [len(words) for words, _ in examples]
        return text_loader(examples, lengths, collate, self.batch_size, self.pool, seed)


@dataclass(frozen=True)
class NetworkSettings:
    """The network.

    Attributes:
        layer: ``lstm``, ``gru`` or ``fast-lstm``, default ``fast-lstm``.
        embedding: features of a word, default 100.
        hidden: features of the state in each direction, default 100.
        num_layers: recurrent layers, default 1.
        bidirectional: read from both ends, default true.
        pooling: ``last``, ``mean`` or ``max`` over the steps, default ``max``.
        word_dropout: share of the vocabulary that is dropped from a batch, default 0.3.
        locked_dropout: share of a word's features, the same in all of a text, default 0.5.
        dropout: share of the pooled features, default 0.5.
        vectors: a file in GloVe's format whose vectors the words begin with, of ``embedding``
            numbers each; words that it does not hold begin at random. Default none.
    """

    layer: Literal["lstm", "gru", "fast-lstm"] = "fast-lstm"
    embedding: int = 100
    hidden: int = 100
    num_layers: int = 1
    bidirectional: bool = True
    pooling: PoolingName = "max"
    word_dropout: float = 0.3
    locked_dropout: float = 0.5
    dropout: float = 0.5
    vectors: Path | None = None

    def __post_init__(self) -> None:
        check_fields(
            self,
            embedding=(self.embedding >= 1, "be at least 1"),
            hidden=(self.hidden >= 1, "be at least 1"),
            num_layers=(self.num_layers >= 1, "be at least 1"),
            word_dropout=(0 <= self.word_dropout < 1, "be in [0, 1)"),
            locked_dropout=(0 <= self.locked_dropout < 1, "be in [0, 1)"),
            dropout=(0 <= self.dropout < 1, "be in [0, 1)"),
        )

    def build(self, vocabulary: Vocabulary, n_classes: int) -> RNNClassifier:
        """Return the network, untrained."""
        embedding = nn.Embedding(len(vocabulary), self.embedding, vocabulary[PAD])
        nn.init.normal_(embedding.weight, std=0.1)
        if self.vectors is not None:
            self._begin_with_vectors(embedding, vocabulary)
        layer = LAYERS[self.layer]
        return RNNClassifier(
            nn.Sequential(
                EmbeddingDropout(embedding, self.word_dropout), LockedDropout(self.locked_dropout)
            ),
            layer(
                self.embedding,
                self.hidden,
                num_layers=self.num_layers,
                bidirectional=self.bidirectional,
            ),
            self.hidden * (2 if self.bidirectional else 1),
            n_classes,
            self.pooling,
            self.dropout,
        )

    def _begin_with_vectors(self, embedding: nn.Embedding, vocabulary: Vocabulary) -> None:
        assert self.vectors is not None
        vectors = WordVectors.load(self.vectors, only=vocabulary)
        if len(vectors) and vectors.vectors.shape[1] != self.embedding:
            raise SettingError(
                f"embedding={self.embedding} must be the {vectors.vectors.shape[1]} numbers of "
                f"each vector in {self.vectors}"
            )
        rows = vectors.matrix(vocabulary, embedding.weight.detach().numpy())
        embedding.weight.data.copy_(torch.from_numpy(rows))


@dataclass(frozen=True)
class SentimentObjective:
    """The loss of an opinion, and the accuracy.

    Attributes:
        target: ``sentiment``: one logit, favourable where it is above 0; ``rating``: ten.
        soft: of ``sentiment``, teach how favourable the rating is instead of yes or no.
    """

    target: Target = "sentiment"
    soft: bool = False

    def __call__(self, model: nn.Module, batch: Any, /) -> Step:
        """Return the loss of a batch; its labels are (rating, favourable)."""
        tokens, lengths, labels = batch
        logits = model(tokens, lengths)
        rating, favourable = labels.unbind(dim=1)
        if self.target == "rating":
            loss = functional.cross_entropy(logits, rating)
            accuracy = (logits.argmax(dim=1) == rating).float().mean()
        else:
            taught = (rating + 0.5) / RATINGS if self.soft else favourable.float()
            loss = functional.binary_cross_entropy_with_logits(logits[:, 0], taught)
            accuracy = ((logits[:, 0] > 0) == favourable).float().mean()
        return Step(loss, len(labels), {"accuracy": accuracy})


@dataclass(frozen=True)
class SentimentConfig:
    """A run of this recipe.

    Attributes:
        data: the texts.
        network: what is trained.
        target: ``sentiment`` or ``rating``, default ``sentiment``.
        soft: of ``sentiment``, teach how favourable the rating is instead of yes or no, default
            false.
        trainer: how the network is trained.
    """

    data: TextData = field(default_factory=TextData)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    target: Target = "sentiment"
    soft: bool = False
    trainer: TrainerSettings = field(default_factory=TrainerSettings)

    def __post_init__(self) -> None:
        fits = self.target == "sentiment" or not self.soft
        check_fields(self, soft=(fits, "be false unless target='sentiment'"))


def simpler_methods(splits: TextSplits, target: Target) -> dict[str, dict[str, float]]:
    """Return the accuracy on test texts of the most frequent answer and of tf-idf's linear models.

    Of single words or words and pairs, and of several strengths of regularisation, those are taken
    that do best on the validation texts. Ridge regression learns the ratings, so it knows as much
    as a network that is taught softly.
    """
    texts = [[text.text for text in part] for part in splits]
    ratings = [np.array([text.rating for text in part]) for part in splits]
    answers = [np.array([text.favourable for text in part]) for part in splits]
    if target == "rating":
        answers = ratings
    frequent = np.bincount(answers[0].astype(int)).argmax()
    reached: dict[str, dict[float, float]] = {}
    for pairs, strength in product((1, 2), (0.3, 1.0, 3.0, 10.0, 30.0)):
        weigh = TfidfVectorizer(ngram_range=(1, pairs), sublinear_tf=True, token_pattern=r"\w+")
        train, *others = weigh.fit_transform(texts[0]), *map(weigh.transform, texts[1:])
        logistic = LogisticRegression(C=strength, max_iter=1000).fit(train, answers[0])
        valid, test = map(logistic.score, others, answers[1:])
        reached.setdefault("tf-idf and logistic regression", {})[valid] = test
        if target == "sentiment":
            ridge = Ridge(1 / strength).fit(train, ratings[0] - (RATINGS - 1) / 2)
            valid, test = (
                float(np.mean((ridge.predict(inputs) > 0) == answer))
                for inputs, answer in zip(others, answers[1:], strict=True)
            )
            reached.setdefault("tf-idf and ridge regression of ratings", {})[valid] = test
    table = {name: {"accuracy": float(of[max(of)])} for name, of in reached.items()}
    return {"most frequent answer": {"accuracy": float(np.mean(answers[2] == frequent))}} | table


def assemble(config: SentimentConfig, run_dir: Path) -> Assembly:
    """Return texts, network and loss, wired; the vocabulary is put into `run_dir`."""
    data, seed = config.data, config.trainer.seed
    splits = data.open()
    vocabulary = Vocabulary.build(
        map(data.words, splits.train), min_freq=data.min_freq, max_size=data.max_size
    )
    vocabulary.save(run_dir / "vocabulary.json")

    def compare(reached: Mapping[str, float]) -> Comparison:
        own = {f"this run ({config.network.layer})": {"accuracy": reached["accuracy"]}}
        return own | simpler_methods(splits, config.target)

    return Assembly(
        model=config.network.build(vocabulary, 1 if config.target == "sentiment" else RATINGS),
        train=data.loader(splits.train, vocabulary, seed),
        valid=data.loader(splits.valid, vocabulary),
        test=data.loader(splits.test, vocabulary),
        objective=SentimentObjective(config.target, config.soft),
        compare=compare,
    )


RECIPE = Recipe(SentimentConfig, assemble)
