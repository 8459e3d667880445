"""Translation: an encoder–decoder Transformer learns Russian from the programs of this machine.

The report sets its BLEU and chrF beside those of a translation memory, which answers with the
translation of the nearest line that it knows; what the memory looks at is chosen on the validation
pairs, as the network's best epoch is. Attention maps show which part of a source each part of its
translation was made of. All test lines with their translations are in ``translations.tsv``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from torch import nn
from torch.utils.data import DataLoader

from praktikum.data import DATA_FOLDER, DataError
from praktikum.data.parallel_texts import available_catalogues, catalogue_pairs, read_pairs
from praktikum.data.translations import Translation, TranslationSplits, split_by_source
from praktikum.engine import RunFolder, Step, TrainerSettings, check_fields
from praktikum.engine.plots import pixels, png
from praktikum.engine.report import Comparison
from praktikum.engine.run_folder import write_whole
from praktikum.recipes.registry import Assembly, Recipe
from praktikum.sequence import Seq2SeqTransformer
from praktikum.text.attention_map import draw_attention_map
from praktikum.text.bleu import corpus_bleu
from praktikum.text.bpe_training import train_byte_bpe
from praktikum.text.buckets import text_loader
from praktikum.text.chrf import corpus_chrf
from praktikum.text.label_smoothing import smoothed_cross_entropy
from praktikum.text.masked_loss import masked_cross_entropy, n_tokens, token_accuracy
from praktikum.text.pair_batches import CollatePairs, PairBatch
from praktikum.text.pretokenisation import ByteLevelWords
from praktikum.text.tokenizer_file import write_tokenizer
from praktikum.text.translation_memory import Features, TranslationMemory
from praktikum.text.translator import Translator
from praktikum.text.vocabulary import EOS, PAD, SOS

__all__ = [
    "RECIPE",
    "NetworkSettings",
    "PairData",
    "TranslationConfig",
    "TranslationObjective",
    "memory_translations",
    "scores",
]

Pairs = Sequence[Translation]
SHOWN = 4  # test lines whose attention is shown …
SHOWN_WORDS = range(4, 9)  # … and how many words they have
LICENCES = (
    "# Pairs were read from these catalogues of this machine. Each is under the licence of its\n"
    "# program: Django's is BSD-3-Clause, Sphinx's BSD-2-Clause; for those of a Debian system see\n"
    "# /usr/share/doc/PACKAGE/copyright. Weights learned from them are a work of this machine.\n"
)


@dataclass(frozen=True)
class PairData:
    """Which pairs, and how they become numbers.

    Attributes:
        name: ``catalogues`` (what the programs of this machine say) or ``file``. Default
            ``catalogues``.
        path: of ``file``, a line for each pair with a tab between source and target, such as those
            of manythings.org/anki and tatoeba.org. Default ``var/data/rus.txt``.
        system: of ``catalogues``, take those of the system's programs besides those of Python
            packages, default true.
        longest: characters of a side that a pair may have at most, default 60.
        valid: share of the pairs that is chosen by, default 0.05.
        test: share that is tested on, default 0.05.
        n_tokens: of the vocabulary that both languages share, default 3000.
        batch_size: pairs in a batch, default 64.
        pool: batches that are sorted by length together, default 50.
    """

    name: Literal["catalogues", "file"] = "catalogues"
    path: Path = DATA_FOLDER / "rus.txt"
    system: bool = True
    longest: int = 60
    valid: float = 0.05
    test: float = 0.05
    n_tokens: int = 3000
    batch_size: int = 64
    pool: int = 50

    def __post_init__(self) -> None:
        check_fields(
            self,
            longest=(self.longest >= 1, "be at least 1 character"),
            valid=(0 < self.valid < 1 - self.test, "be above 0 and leave pairs to train on"),
            test=(0 < self.test < 1, "be in (0, 1)"),
            n_tokens=(self.n_tokens >= 260, "be at least 260: 256 bytes and 4 special tokens"),
            batch_size=(self.batch_size >= 1, "be at least 1"),
            pool=(self.pool >= 1, "be at least 1"),
        )

    def open(self, run_dir: Path) -> TranslationSplits:
        """Return the pairs; which catalogues they are from is put into `run_dir`.

        Raises DataError where they are not as they should be.
        """
        if self.name == "file":
            pairs = read_pairs(self.path)
        else:
            paths = available_catalogues() if self.system else available_catalogues(folders=())
            write_whole(run_dir / "catalogues.txt", LICENCES + "\n".join(map(str, paths)) + "\n")
            pairs = catalogue_pairs(paths)
        kept = [pair for pair in pairs if max(map(len, pair)) <= self.longest]
        splits = split_by_source(kept, self.valid, self.test)
        if not all(splits):
            raise DataError(
                f"of {len(pairs)} pairs {len(kept)} have at most longest={self.longest} characters "
                "a side, too few to train on, to choose by and to test on; raise it, or take more"
            )
        return splits

    def loader(
        self, pairs: Pairs, translator: Translator, seed: int | None = None
    ) -> DataLoader[Any]:
        """Return batches of pairs; with a seed, shuffled in buckets."""
        examples = [
            (translator.source(pair.source), translator.target(pair.target)) for pair in pairs
        ]
        collate = CollatePairs(translator.pad)
        lengths = [len(source) + len(target) for source, target in examples]
        return text_loader(examples, lengths, collate, self.batch_size, self.pool, seed)


@dataclass(frozen=True)
class NetworkSettings:
    """The network; see `Seq2SeqTransformer`. Both languages and the output share one table.

    Attributes:
        d_model: features of a token, default 128.
        n_heads: of each attention, default 4.
        n_encoder_layers: default 2.
        n_decoder_layers: default 2.
        d_feedforward: features between the two linear layers of a block, default 512.
        dropout: share of what each block adds, of attention and of embeddings, default 0.1.
        norm_first: normalise what goes into a block (pre-norm) rather than the sum (post-norm, the
            paper's), default true.
    """

    d_model: int = 128
    n_heads: int = 4
    n_encoder_layers: int = 2
    n_decoder_layers: int = 2
    d_feedforward: int = 512
    dropout: float = 0.1
    norm_first: bool = True

    def __post_init__(self) -> None:
        sizes = [name for name in vars(self) if name not in ("dropout", "norm_first")]
        check_fields(
            self,
            **{name: (getattr(self, name) >= 1, "be at least 1") for name in sizes},
            dropout=(0 <= self.dropout < 1, "be in [0, 1)"),
        )

    def build(self, n_vocabulary: int) -> Seq2SeqTransformer:
        """Return the network for so many tokens, untrained."""
        return Seq2SeqTransformer(n_vocabulary, **vars(self))


@dataclass(frozen=True)
class TranslationObjective:
    """Cross-entropy of the next token with smoothed labels; its size is that in tokens.

    Attributes:
        pad: number of the padding token.
        smoothing: see `smoothed_cross_entropy`.
    """

    pad: int
    smoothing: float = 0.1

    def __call__(self, model: nn.Module, batch: PairBatch, /) -> Step:
        """Return the loss of a batch; ``nll`` is that without smoothing, in nats a token."""
        logits = model(batch.source, batch.inputs, batch.lengths)
        loss = smoothed_cross_entropy(logits, batch.targets, self.pad, self.smoothing)
        nll = masked_cross_entropy(logits.detach(), batch.targets, self.pad)
        accuracy = token_accuracy(logits, batch.targets, self.pad)
        return Step(loss, n_tokens(batch.targets, self.pad), {"nll": nll, "accuracy": accuracy})


@dataclass(frozen=True)
class TranslationConfig:
    """A run of this recipe.

    Attributes:
        data: the pairs.
        network: what is trained.
        smoothing: share of probability that is spread over the vocabulary, default 0.1.
        beam_size: translations that are followed at once when the test lines are translated,
            default 4.
        length_penalty: see `beam_search`, default 0.6.
        trainer: how the network is trained.
    """

    data: PairData = field(default_factory=PairData)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    smoothing: float = 0.1
    beam_size: int = 4
    length_penalty: float = 0.6
    trainer: TrainerSettings = field(default_factory=lambda: TrainerSettings(monitor="nll"))

    def __post_init__(self) -> None:
        check_fields(
            self,
            smoothing=(0 <= self.smoothing < 1, "be in [0, 1)"),
            beam_size=(self.beam_size >= 1, "be at least 1"),
        )


def scores(translations: Sequence[str], pairs: Pairs) -> dict[str, float]:
    """Return BLEU, chrF and chrF++ of translations of the pairs' sources, 0 to 100."""
    references = [[pair.target] for pair in pairs]
    return {
        "BLEU": corpus_bleu(translations, references).score,
        "chrF": corpus_chrf(translations, references),
        "chrF++": corpus_chrf(translations, references, word_order=2),
    }


def memory_translations(splits: TranslationSplits) -> dict[str, list[str]]:
    """Return how a translation memory of the training pairs translates the test lines, by its name.

    It compares words or characters: whichever has the higher chrF on the validation pairs.
    """
    sources, targets = zip(*splits.train, strict=True)

    def translated(features: Features, pairs: Pairs) -> list[str]:
        return TranslationMemory(sources, targets, features).translate([p.source for p in pairs])

    best: Features = max(
        get_args(Features),
        key=lambda features: scores(translated(features, splits.valid), splits.valid)["chrF"],
    )
    return {f"translation memory, nearest by tf-idf of {best}": translated(best, splits.test)}


def assemble(config: TranslationConfig, run_dir: Path) -> Assembly:
    """Return pairs, network and loss, wired; the tokeniser is put into `run_dir`."""
    data = config.data
    splits = data.open(run_dir)
    tokenizer = train_byte_bpe(
        (line for pair in splits.train for line in pair),
        data.n_tokens,
        special_tokens=(PAD, SOS, EOS),
        pre_tokeniser=ByteLevelWords(add_prefix_space=True),
    )
    write_tokenizer(tokenizer, run_dir / "tokenizer.json")
    model = config.network.build(tokenizer.vocab_size)
    pad, sos, eos = (tokenizer.vocabulary[token] for token in (PAD, SOS, EOS))
    translator = Translator(model, tokenizer, pad, sos, eos)

    def compare(reached: Mapping[str, float]) -> Comparison:
        lines = [pair.source for pair in splits.test]
        searches = {
            f"this run (beam of {config.beam_size})": config.beam_size,
            "this run (greedy)": 1,
        }
        model.eval()
        found = {
            name: translator.translate(lines, beam_size=size, length_penalty=config.length_penalty)
            for name, size in searches.items()
        } | memory_translations(splits)
        best, *_, memory = found.values()
        _write_translations(run_dir / "translations.tsv", splits.test, best, memory)
        _show_attention(translator, lines, best, RunFolder(run_dir))
        table = {name: scores(translations, splits.test) for name, translations in found.items()}
        table[next(iter(found))]["perplexity"] = math.exp(reached["nll"])
        return table

    return Assembly(
        model=model,
        train=data.loader(splits.train, translator, config.trainer.seed),
        valid=data.loader(splits.valid, translator),
        test=data.loader(splits.test, translator),
        objective=TranslationObjective(pad, config.smoothing),
        compare=compare,
    )


def _write_translations(
    path: Path, pairs: Pairs, translations: Sequence[str], memory: Sequence[str]
) -> None:
    """Write the test lines with their reference, this run's translation and the memory's."""
    rows = ["source\treference\tthis run\ttranslation memory"]
    rows += [
        "\t".join((*pair, *found)) for pair, *found in zip(pairs, translations, memory, strict=True)
    ]
    write_whole(path, "\n".join(rows) + "\n")


def _show_attention(
    translator: Translator, lines: Sequence[str], translations: Sequence[str], folder: RunFolder
) -> None:
    """Draw where the last layer looks, the mean of its heads, among the plots of the report."""
    pairs = zip(lines, translations, strict=True)
    shown = [pair for pair in pairs if len(pair[0].split()) in SHOWN_WORDS and pair[1]][:SHOWN]
    for number, (line, translation) in enumerate(shown, start=1):
        look = translator.look(line, translation)
        figure = draw_attention_map(look.weights[-1].mean(dim=0), look.seen, look.written)
        write_whole(folder.plots / f"example-attention-{number}.png", png(pixels(figure)))


RECIPE = Recipe(TranslationConfig, assemble)
