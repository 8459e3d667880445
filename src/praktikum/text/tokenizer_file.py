"""Tokenisers as files: ``tokenizer.json``, which `tokenizers` and `transformers` read and write.

    write_tokenizer(tokenizer, folder / "tokenizer.json")
    tokenizer = read_tokenizer(folder / "tokenizer.json")

The file holds normaliser, cuts, model, special tokens and what frames a text. Padding and
truncation, which it may hold too, are passed over: rows are padded where batches are made, and
`encode` is told its `max_length`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .errors import FormatError, TextError
from .tokenizer import Tokenizer
from .tokenizer_parts import (
    Part,
    decoder_of,
    read_model,
    read_normaliser,
    read_words,
    write_model,
    write_normaliser,
    write_words,
)

__all__ = ["read_tokenizer", "write_tokenizer"]

_FLAGS = ("single_word", "lstrip", "rstrip", "normalized")


def write_tokenizer(tokenizer: Tokenizer, path: Path) -> None:
    """Write a tokeniser as ``tokenizer.json``; the file is there whole or not at all.

    Raises FormatError if a part is a function of one's own, which the format has no name for.
    """
    content = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": tokenizer.vocabulary[token], "content": token, "special": True}
            | dict.fromkeys(_FLAGS, False)
            for token in sorted(tokenizer.special_tokens, key=tokenizer.vocabulary.__getitem__)
        ],
        "normalizer": write_normaliser(tokenizer.normaliser),
        "pre_tokenizer": write_words(tokenizer.pre_tokeniser),
        "post_processor": _write_frame(tokenizer),
        "decoder": decoder_of(tokenizer.model),
        "model": write_model(tokenizer.model),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
    temporary.replace(path)


def read_tokenizer(path: Path) -> Tokenizer:
    """Return the tokeniser of a ``tokenizer.json``.

    Raises:
        FormatError: it is no such file, or a part of it is not here; the message names the part.
        OSError: it cannot be read.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
        added = _read_added(content["added_tokens"])
        start, end = _read_frame(content["post_processor"])
        return Tokenizer(
            read_model(content["model"], added),
            read_words(content["pre_tokenizer"]),
            read_normaliser(content["normalizer"]),
            special_tokens=list(added),
            start=start,
            end=end,
        )
    except TextError as error:
        raise FormatError(f"{path}: {error}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise FormatError(f"{path}: is no tokenizer.json: {error!r}") from error


def _read_added(tokens: list[dict[str, Any]]) -> dict[str, int]:
    """Return special tokens and their numbers; others that were added are refused."""
    for token in tokens:
        unlike = [flag for flag in _FLAGS if token[flag]]
        if unlike or not token["special"]:
            raise FormatError(
                f"added tokens must be special and found as they stand, and {token['content']!r} "
                f"is {', '.join(unlike) or 'not special'}"
            )
    return {token["content"]: token["id"] for token in tokens}


def _write_frame(tokenizer: Tokenizer) -> Part | None:
    """Return how texts and pairs are framed by the special tokens."""
    start, end = tokenizer.start, tokenizer.end
    if start is None and end is None:
        return None

    def text(name: str, segment: int) -> list[Part]:
        return [{"Sequence": {"id": name, "type_id": segment}}]

    def special(token: str | None, segment: int) -> list[Part]:
        return [{"SpecialToken": {"id": token, "type_id": segment}}] if token is not None else []

    single = special(start, 0) + text("A", 0) + special(end, 0)
    names = [token for token in (start, end) if token is not None]
    return {
        "type": "TemplateProcessing",
        "single": single,
        "pair": single + text("B", 1) + special(end, 1),
        "special_tokens": {
            name: {"id": name, "ids": [tokenizer.vocabulary[name]], "tokens": [name]}
            for name in names
        },
    }


def _read_frame(part: Part | None) -> tuple[str | None, str | None]:
    """Return the special tokens before and after a text."""
    if part is None or part["type"] == "ByteLevel":  # which only tells where words stand
        return None, None
    if part["type"] == "BertProcessing":
        return part["cls"][0], part["sep"][0]
    if part["type"] != "TemplateProcessing":
        raise FormatError(
            f"post_processor must be TemplateProcessing, BertProcessing or ByteLevel, got "
            f"{part['type']}"
        )
    names = [piece.get("SpecialToken", {}).get("id") for piece in part["single"]]
    match names:
        case [None]:
            return None, None
        case [str(start), None]:
            return start, None
        case [None, str(end)]:
            return None, end
        case [str(start), None, str(end)]:
            return start, end
    raise FormatError(f"a text may have one special token before and one after it, got {names}")
