"""BERT from nothing: masked tokens of films' reviews, and which halves of texts belong together.

Texts are cut into tokens by WordPiece, learnt from the texts to train on. The report sets the share
of masked tokens that are guessed beside those of two simpler guesses on the same masked texts: the
most frequent token, and the likeliest one between its two neighbours. The run's folder also gets
`published`, a folder that transformers reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader

from praktikum.engine import Step, TrainerSettings, check_fields
from praktikum.engine.report import Comparison
from praktikum.recipes.gpt import PlainTexts, StackSettings
from praktikum.recipes.registry import Assembly, Recipe
from praktikum.text.bert import Bert, BertConfig
from praktikum.text.bert_heads import BertPretraining
from praktikum.text.buckets import BucketSampler
from praktikum.text.masking import Masking
from praktikum.text.neighbour_guess import NeighbourGuess
from praktikum.text.sentence_pairs import CollatePretraining, MaskedPairs, PretrainingBatch
from praktikum.text.tokenizer import Tokenizer
from praktikum.text.tokenizer_file import write_tokenizer
from praktikum.text.wordpiece_training import train_wordpiece

__all__ = ["RECIPE", "BertRunConfig", "PretrainingObjective", "simpler_guesses"]

PAD, START, END, MASK = "[PAD]", "[CLS]", "[SEP]", "[MASK]"
PRIORS = (1.0, 10.0, 100.0)
MOST = 2000  # examples on which the prior is chosen


@dataclass(frozen=True)
class PretrainingObjective:
    """Cross-entropy of masked tokens and of which pairs belong together; its size is in tokens.

    Attributes:
        pair_weight: what multiplies the loss of pairs.
    """

    pair_weight: float = 1.0

    def __call__(self, model: nn.Module, batch: PretrainingBatch, /) -> Step:
        """Return the loss of a batch; ``accuracy`` is that of masked tokens, ``pairs`` of pairs."""
        output = model(batch.tokens, batch.mask, batch.segments, places=batch.chosen)
        targets = batch.targets[batch.chosen]
        nll = functional.cross_entropy(output.tokens, targets)
        pairs = functional.cross_entropy(output.next_sentence, batch.is_other)
        metrics = {
            "nll": nll.detach(),
            "accuracy": (output.tokens.argmax(dim=1) == targets).float().mean(),
            "pairs": (output.next_sentence.argmax(dim=1) == batch.is_other).float().mean(),
        }
        return Step(nll + self.pair_weight * pairs, len(targets), metrics)


@dataclass(frozen=True)
class BertRunConfig:
    """A run of this recipe.

    Attributes:
        data: the texts.
        network: what is trained.
        share: of tokens, masked or replaced to be guessed, default 0.15.
        pair_weight: of the loss of pairs, default 1.
        trainer: how the network is trained.
    """

    data: PlainTexts = field(default_factory=PlainTexts)
    network: StackSettings = field(default_factory=StackSettings)
    share: float = 0.15
    pair_weight: float = 1.0
    trainer: TrainerSettings = field(default_factory=TrainerSettings)

    def __post_init__(self) -> None:
        check_fields(
            self,
            share=(0 < self.share <= 1, "be above 0 and at most 1"),
            pair_weight=(self.pair_weight >= 0, "be at least 0"),
        )


def simpler_guesses(
    train: MaskedPairs, valid: MaskedPairs, test: MaskedPairs, n_tokens: int
) -> dict[str, dict[str, float]]:
    """Return the accuracy of masked tokens of two guesses, and of pairs if all are taken alike.

    How much single tokens weigh beside pairs of neighbours is chosen on validation texts.
    """
    whole = [[train.start, *text, train.end] for text in train.texts]
    guesses = [NeighbourGuess(whole, n_tokens, prior) for prior in PRIORS]
    best = max(guesses, key=lambda guess: _accuracy(guess, valid, MOST))
    frequent = int(np.bincount([token for text in train.texts for token in text]).argmax())
    hits = [test[i].targets[test[i].chosen] == frequent for i in range(len(test))]
    others = np.mean([test[i].is_other for i in range(len(test))])
    return {
        "most frequent answer": {
            "accuracy": float(np.concatenate(hits).mean()),
            "pairs": float(max(others, 1 - others)),
        },
        "between its neighbours": {"accuracy": _accuracy(best, test, len(test))},
    }


def _accuracy(guess: NeighbourGuess, examples: MaskedPairs, most: int) -> float:
    """Return the share of masked tokens that are guessed from what stands beside them."""
    mask = examples.masking.mask
    hits = []
    for index in range(min(most, len(examples))):
        example = examples[index]
        for place in example.chosen.nonzero()[0]:
            beside = (int(example.tokens[place - 1]), int(example.tokens[place + 1]))
            left, right = (None if token == mask else token for token in beside)
            hits.append(guess.guess(left, right) == example.targets[place])
    return float(np.mean(hits))


def assemble(config: BertRunConfig, run_dir: Path) -> Assembly:
    """Return texts, network and loss, wired; the tokeniser is put into `run_dir`."""
    data, seed = config.data, config.trainer.seed
    parts = data.open()
    tokenizer = train_wordpiece(parts[0], data.n_tokens)
    write_tokenizer(tokenizer, run_dir / "tokenizer.json")
    train, valid, test = (_examples(part, tokenizer, config, seed) for part in parts)
    model = BertPretraining(
        Bert(
            BertConfig(
                n_tokens=tokenizer.vocab_size,
                max_length=data.max_length,
                pad=tokenizer.vocabulary[PAD],
                **config.network.values(),
            )
        )
    )

    def compare(reached: Mapping[str, float]) -> Comparison:
        model.save_pretrained(run_dir / "published")
        own = {name: reached[name] for name in ("accuracy", "pairs")}
        simpler = simpler_guesses(train, valid, test, tokenizer.vocab_size)
        return {"this run (BERT)": own} | simpler

    collate = CollatePretraining(tokenizer.vocabulary[PAD])
    buckets = BucketSampler(train.lengths, data.batch_size, data.pool, seed)
    return Assembly(
        model=model,
        train=DataLoader(train, batch_sampler=buckets, collate_fn=collate),  # type: ignore[arg-type]
        valid=DataLoader(valid, data.batch_size, collate_fn=collate),  # type: ignore[arg-type]
        test=DataLoader(test, data.batch_size, collate_fn=collate),  # type: ignore[arg-type]
        objective=PretrainingObjective(config.pair_weight),
        compare=compare,
    )


def _examples(
    texts: Sequence[str], tokenizer: Tokenizer, config: BertRunConfig, seed: int
) -> MaskedPairs:
    """Return pairs of masked texts."""
    numbers = tokenizer.vocabulary
    special = {numbers[token] for token in tokenizer.special_tokens}
    words = [number for number in numbers.values() if number not in special]
    return MaskedPairs(
        tokenizer.encode_batch(texts, special_tokens=False),
        Masking(numbers[MASK], words, config.share),
        numbers[START],
        numbers[END],
        config.data.max_length,
        seed,
    )


RECIPE = Recipe(BertRunConfig, assemble)
