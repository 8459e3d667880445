"""GPT from nothing: a Transformer learns to say the next token of films' reviews.

Texts are cut into tokens by byte-level BPE, learnt from the texts to train on. The report sets the
perplexity of a token, and the bits for a byte of text, beside those of n-gram models over the same
tokens; their orders and constants are chosen on the validation texts, as the network's best epoch
is. The run's folder also gets `samples.txt`, texts that the network writes, and `published`, a
folder that transformers reads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn
from torch.utils.data import DataLoader

from praktikum.data import DATA_FOLDER, open_texts
from praktikum.engine import Step, TrainerSettings, check_fields
from praktikum.engine.report import Comparison
from praktikum.engine.run_folder import write_whole
from praktikum.recipes.language_model import ngram_perplexities
from praktikum.recipes.registry import Assembly, Recipe
from praktikum.text.bpe_training import train_byte_bpe
from praktikum.text.buckets import text_loader
from praktikum.text.collation import CollateLanguage, LanguageBatch
from praktikum.text.decoding import sample
from praktikum.text.gpt import GPT, GPTConfig
from praktikum.text.gpt_step import GPTStep
from praktikum.text.masked_loss import masked_cross_entropy, n_tokens, token_accuracy
from praktikum.text.pretokenisation import ByteLevelWords
from praktikum.text.tokenizer import Tokenizer
from praktikum.text.tokenizer_file import write_tokenizer
from praktikum.text.vocabulary import SPECIALS, Vocabulary

__all__ = ["RECIPE", "GPTRunConfig", "NextTokenObjective", "PlainTexts", "StackSettings"]

END, PADDING = "<|endoftext|>", "<|padding|>"
BYTES = 256
N_SAMPLES, SAMPLE_LENGTH = 10, 60


@dataclass(frozen=True)
class PlainTexts:
    """Which texts, and how they are cut; what they are rated isn't used.

    Attributes:
        name: ``snippets`` (sentences), ``aclimdb`` (reviews), or ``folder`` for reviews of your own
            in ``train/pos/NUMBER_STARS.txt`` and so on. Default ``snippets``.
        folder: where downloads are kept, or, for ``folder``, what holds ``train`` and ``test``.
            Default ``var/data``.
        download: fetch what isn't there, default true; the snippets are 2.5 MB, aclimdb is 84 MB.
        n_tokens: of the vocabulary at most, default 1000.
        max_length: tokens that are read of a text, with the special ones, default 128.
        batch_size: texts in a batch, default 32.
        pool: batches that are sorted by length together, default 50.
    """

    name: Literal["snippets", "aclimdb", "folder"] = "snippets"
    folder: Path = DATA_FOLDER
    download: bool = True
    n_tokens: int = 1000
    max_length: int = 128
    batch_size: int = 32
    pool: int = 50

    def __post_init__(self) -> None:
        check_fields(
            self,
            n_tokens=(self.n_tokens >= BYTES + 2, f"be at least {BYTES + 2}: bytes and two marks"),
            max_length=(self.max_length >= 8, "be at least 8 tokens"),
            batch_size=(self.batch_size >= 1, "be at least 1"),
            pool=(self.pool >= 1, "be at least 1"),
        )

    def open(self) -> list[list[str]]:
        """Return the texts to train on, to choose by and to test on. Raises DataError."""
        splits = open_texts(self.name, self.folder, self.download)
        return [[text.text for text in part] for part in splits]


@dataclass(frozen=True)
class StackSettings:
    """The layers; see `StackConfig`.

    Attributes:
        d_model: size of an embedding, default 128.
        n_layers: default 3.
        n_heads: of attention, default 4.
        dropout: share of what blocks add, of embeddings and of weights of attention, default 0.1.
        init_std: deviation of the weights at the start, default 0.08; the 0.02 of published models
            suits a ``d_model`` of 768, smaller ones learn faster from about 1 / sqrt(d_model).
    """

    d_model: int = 128
    n_layers: int = 3
    n_heads: int = 4
    dropout: float = 0.1
    init_std: float = 0.08

    def __post_init__(self) -> None:
        divides = self.n_heads >= 1 and self.d_model % self.n_heads == 0
        check_fields(
            self,
            d_model=(self.d_model >= 1, "be at least 1"),
            n_layers=(self.n_layers >= 1, "be at least 1"),
            n_heads=(divides, f"be at least 1 and divide d_model={self.d_model}"),
            dropout=(0 <= self.dropout < 1, "be in [0, 1)"),
            init_std=(self.init_std > 0, "be above 0"),
        )

    def values(self) -> dict[str, Any]:
        """Return what a `StackConfig` takes of these."""
        return {**vars(self), "attention_dropout": self.dropout}


@dataclass(frozen=True)
class NextTokenObjective:
    """Cross-entropy of the next token; its size is that in tokens.

    Attributes:
        pad: number of the padding token.
    """

    pad: int

    def __call__(self, model: nn.Module, batch: LanguageBatch, /) -> Step:
        """Return the loss of a batch, in nats a token, and the share of tokens that are guessed."""
        logits = model(batch.inputs)
        loss = masked_cross_entropy(logits, batch.targets, self.pad)
        accuracy = token_accuracy(logits, batch.targets, self.pad)
        return Step(loss, n_tokens(batch.targets, self.pad), {"accuracy": accuracy})


@dataclass(frozen=True)
class GPTRunConfig:
    """A run of this recipe.

    Attributes:
        data: the texts.
        network: what is trained.
        trainer: how the network is trained.
    """

    data: PlainTexts = field(default_factory=PlainTexts)
    network: StackSettings = field(default_factory=StackSettings)
    trainer: TrainerSettings = field(default_factory=TrainerSettings)


def assemble(config: GPTRunConfig, run_dir: Path) -> Assembly:
    """Return texts, network and loss, wired; the tokeniser is put into `run_dir`."""
    data = config.data
    parts = data.open()
    cuts = ByteLevelWords(add_prefix_space=True)
    tokenizer = train_byte_bpe(
        parts[0], data.n_tokens, special_tokens=(END, PADDING), pre_tokeniser=cuts
    )
    write_tokenizer(tokenizer, run_dir / "tokenizer.json")
    end, pad = tokenizer.vocabulary[END], tokenizer.vocabulary[PADDING]
    encoded = [
        [tokenizer.encode(text, max_length=data.max_length - 2) for text in part] for part in parts
    ]
    model = GPT(
        GPTConfig(
            n_tokens=tokenizer.vocab_size,
            max_length=data.max_length,
            embedding_dropout=config.network.dropout,
            bos=end,
            eos=end,
            **config.network.values(),
        )
    )

    def compare(reached: Mapping[str, float]) -> Comparison:
        model.save_pretrained(run_dir / "published")
        _write_samples(model, tokenizer, end, run_dir / "samples.txt")
        own = {"perplexity": math.exp(reached["loss"]), "accuracy": reached["accuracy"]}
        as_words = [[tokenizer.lookup_tokens(text) for text in part] for part in encoded]
        vocabulary = Vocabulary([*SPECIALS, *tokenizer.vocabulary])
        ngrams = ngram_perplexities(as_words[0], as_words[1], as_words[2], vocabulary)
        table: Comparison = {"this run (GPT)": own} | ngrams
        per_byte = _tokens_per_byte(encoded[2], tokenizer)
        return {
            name.replace("words", "tokens"): {
                **row,
                "bits a byte": math.log2(row["perplexity"]) * per_byte,
            }
            for name, row in table.items()
        }

    train, valid, test = ([[end, *text, end] for text in part] for part in encoded)
    return Assembly(
        model=model,
        train=_loader(train, data, pad, config.trainer.seed),
        valid=_loader(valid, data, pad),
        test=_loader(test, data, pad),
        objective=NextTokenObjective(pad),
        compare=compare,
    )


def _tokens_per_byte(texts: Sequence[Sequence[int]], tokenizer: Tokenizer) -> float:
    """Return how many tokens a byte of text has; its end counts as a token and as a byte."""
    n_bytes = sum(len(tokenizer.decode(text).encode()) + 1 for text in texts)
    return sum(len(text) + 1 for text in texts) / n_bytes


def _write_samples(model: GPT, tokenizer: Tokenizer, end: int, path: Path) -> None:
    """Write texts that the model writes by chance, each in a line."""
    device = next(model.parameters()).device
    start = torch.full((N_SAMPLES,), end, device=device)
    length = min(SAMPLE_LENGTH, model.config.max_length)
    decoded = sample(GPTStep(model), start, eos=end, max_length=length, p=0.9)
    texts = [tokenizer.decode(tokens).strip() for tokens in decoded.tokens]
    write_whole(path, "\n".join(" ".join(text.split()) for text in texts) + "\n")


def _loader(
    texts: Sequence[list[int]], data: PlainTexts, pad: int, seed: int | None = None
) -> DataLoader[Any]:
    """Return batches of texts with their ends; with a seed, shuffled in buckets."""
    collate = CollateLanguage(pad, batch_first=True)
    return text_loader(texts, list(map(len, texts)), collate, data.batch_size, data.pool, seed)


RECIPE = Recipe(GPTRunConfig, assemble)
