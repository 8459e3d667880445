"""The parts of a tokeniser as `tokenizers` writes them in ``tokenizer.json``, and back.

Each part has a ``type`` and its settings. What we have no counterpart for is refused by name: a
tokeniser that leaves a part out gives other numbers, and says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .byte_bpe import ByteBPE
from .errors import FormatError
from .normalisation import BertNormaliser, Normaliser, UnicodeNormaliser
from .pretokenisation import SPACE_MARK, BertWords, ByteLevelWords, Metaspace, PreTokeniser
from .tokenizer import Model
from .unigram import Unigram
from .wordpiece import CONTINUED, WordPiece

__all__ = ["Part", "decoder_of", "read_model", "read_normaliser", "read_words"]
__all__ += ["write_model", "write_normaliser", "write_words"]

Part = dict[str, Any]
"""A part's ``type`` and settings."""

_BYTE_LEVEL: Part = {"type": "ByteLevel", "trim_offsets": True, "use_regex": True}
_METASPACE: Part = {
    "type": "Metaspace",
    "replacement": SPACE_MARK,
    "prepend_scheme": "always",
    "split": True,
}
_BERT_SETTINGS = ("clean_text", "handle_chinese_chars", "strip_accents", "lowercase")
_FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def write_normaliser(normaliser: Normaliser | None) -> Part | None:
    """Return a normaliser as a part. Raises FormatError for a function of one's own."""
    match normaliser:
        case None:
            return None
        case BertNormaliser():
            settings = {name: getattr(normaliser, name) for name in _BERT_SETTINGS}
            return {"type": "BertNormalizer", **settings}
        case UnicodeNormaliser():
            return {"type": normaliser.form}
    raise FormatError(f"tokenizer.json has no name for the normaliser {normaliser!r}")


def read_normaliser(part: Part | None) -> Normaliser | None:
    """Return the normaliser of a part. Raises FormatError for one that is not here."""
    if part is None:
        return None
    if part["type"] == "BertNormalizer":
        return BertNormaliser(**{name: part[name] for name in _BERT_SETTINGS})
    if part["type"] in _FORMS:
        return UnicodeNormaliser(part["type"])
    raise _unknown("normalizer", part, "BertNormalizer", *_FORMS)


def write_words(pre_tokeniser: PreTokeniser) -> Part:
    """Return a pre-tokeniser as a part. Raises FormatError for a function of one's own."""
    match pre_tokeniser:
        case ByteLevelWords():
            return {**_BYTE_LEVEL, "add_prefix_space": pre_tokeniser.add_prefix_space}
        case BertWords():
            return {"type": "BertPreTokenizer"}
        case Metaspace():
            return dict(_METASPACE)
    raise FormatError(f"tokenizer.json has no name for the pre-tokeniser {pre_tokeniser!r}")


def read_words(part: Part | None) -> PreTokeniser:
    """Return the pre-tokeniser of a part. Raises FormatError for one that is not here."""
    part = part or {"type": None}
    if part["type"] == "ByteLevel":
        _want(part, use_regex=True)
        return ByteLevelWords(part["add_prefix_space"])
    if part["type"] == "BertPreTokenizer":
        return BertWords()
    if part["type"] == "Metaspace":
        _want(part, **{name: value for name, value in _METASPACE.items() if name != "type"})
        return Metaspace()
    raise _unknown("pre_tokenizer", part, "ByteLevel", "BertPreTokenizer", "Metaspace")


def write_model(model: Model) -> Part:
    """Return a model as a part. Raises FormatError for one of one's own."""
    match model:
        case ByteBPE():
            merges = [list(pair) for pair in model.merges]
            return {"type": "BPE", "vocab": model.vocabulary, "merges": merges}
        case WordPiece():
            return {
                "type": "WordPiece",
                "unk_token": model.unk,
                "continuing_subword_prefix": CONTINUED,
                "max_input_chars_per_word": model.max_word_length,
                "vocab": model.vocabulary,
            }
        case Unigram():
            pieces = [list(piece) for piece in model.pieces]
            return {"type": "Unigram", "unk_id": model.unk_id, "vocab": pieces}
    raise FormatError(f"tokenizer.json has no name for the model {model!r}")


def read_model(part: Part, added: Mapping[str, int]) -> Model:
    """Return the model of a part; `added` are tokens that its vocabulary may lack.

    Raises FormatError for a model or a setting that is not here.
    """
    if part["type"] == "BPE":
        _want(part, continuing_subword_prefix=("", None), end_of_word_suffix=("", None))
        _want(part, dropout=None, ignore_merges=False, byte_fallback=False)
        merges = [_pair(merge) for merge in part["merges"]]
        return ByteBPE({**part["vocab"], **added}, merges)
    if part["type"] == "WordPiece":
        _want(part, continuing_subword_prefix=CONTINUED)
        vocabulary = {**part["vocab"], **added}
        return WordPiece(vocabulary, part["unk_token"], part["max_input_chars_per_word"])
    if part["type"] == "Unigram":
        _want(part, byte_fallback=False)
        pieces = [(piece, score) for piece, score in part["vocab"]]
        beyond = [token for token, number in added.items() if number >= len(pieces)]
        if beyond:
            raise FormatError(f"added tokens must be among Unigram's pieces, not {beyond[0]!r}")
        return Unigram(pieces, part["unk_id"])
    raise _unknown("model", part, "BPE", "WordPiece", "Unigram")


def decoder_of(model: Model) -> Part:
    """Return the part that makes text of a model's tokens again."""
    if isinstance(model, ByteBPE):
        return {**_BYTE_LEVEL, "add_prefix_space": True}
    if isinstance(model, WordPiece):
        return {"type": "WordPiece", "prefix": CONTINUED, "cleanup": True}
    return dict(_METASPACE)


def _pair(merge: str | list[str]) -> tuple[str, str]:
    """``["a", "b"]``, or ``"a b"`` in older files."""
    left, right = merge.split(" ") if isinstance(merge, str) else merge
    return left, right


def _want(part: Part, **settings: object) -> None:
    """Raise FormatError where a setting is there and is none of what is wanted."""
    for name, wanted in settings.items():
        allowed = wanted if isinstance(wanted, tuple) else (wanted,)
        if name in part and part[name] not in allowed:
            raise FormatError(
                f"{part['type']}: {name} must be {allowed[0]!r} to be read here, got {part[name]!r}"
            )


def _unknown(kind: str, part: Part, *known: str) -> FormatError:
    return FormatError(f"{kind} must be one of {', '.join(known)}, got {part['type']}")
