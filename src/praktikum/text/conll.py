"""Tagged sentences in CoNLL formats: a line for each word, its columns, a blank line after each.

CoNLL-U (universaldependencies.org/format.html) has ten columns with tabs between them: number,
form, lemma, universal tag, tag of the language, and so on. Lines with `#` are comments; numbers
such as ``1-2`` and ``1.1`` are of contractions and of words that were left out: both are passed
over. Older formats have fewer columns, with spaces: say which are the word and the tag.

No tagged text is embedded here: published ones have licences of their own; `toy_tagging` makes
sentences that anything may be tried on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from .errors import FormatError

__all__ = ["TaggedSentence", "parse_conll", "read_conll", "write_conllu"]

FORM, UPOS = 1, 3  # columns of CoNLL-U, from 0
N_COLUMNS = 10

_NOT_A_WORD = re.compile(r"\d+-\d+|\d+\.\d+")


class TaggedSentence(NamedTuple):
    """Words and the tag of each."""

    words: tuple[str, ...]
    tags: tuple[str, ...]


def read_conll(path: Path, word_column: int = FORM, tag_column: int = UPOS) -> list[TaggedSentence]:
    """Return the sentences of a file in UTF-8; columns count from 0, the defaults are CoNLL-U's.

    Raises:
        FormatError: a line has too few columns or an empty one (the text names the first such
            line), or the file is not UTF-8.
        OSError: the file cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}: is not a text in UTF-8: {error}") from error
    return list(parse_conll(lines, word_column, tag_column, str(path)))


def parse_conll(
    lines: Iterable[str],
    word_column: int = FORM,
    tag_column: int = UPOS,
    place: str = "CoNLL",
) -> Iterator[TaggedSentence]:
    """Yield the sentences of lines, as `read_conll` does; `place` is named in errors."""
    rows: list[tuple[str, str]] = []
    for number, line in enumerate((*lines, ""), start=1):
        line = line.rstrip("\r\n")
        if not line.strip():
            if rows:
                words, tags = zip(*rows, strict=True)
                yield TaggedSentence(words, tags)
            rows = []
        elif not (line.startswith("#") and "\t" not in line):
            columns = line.split("\t") if "\t" in line else line.split()
            if columns[0] == "-DOCSTART-" or (word_column and _NOT_A_WORD.fullmatch(columns[0])):
                continue
            rows.append(_word_and_tag(columns, word_column, tag_column, f"{place}, line {number}"))


def _word_and_tag(columns: list[str], word: int, tag: int, place: str) -> tuple[str, str]:
    if len(columns) <= max(word, tag) or not columns[word] or not columns[tag]:
        raise FormatError(
            f"{place}: wanted the word in column {word} and its tag in column {tag} (from 0), got "
            f"{len(columns)} columns: {columns}"
        )
    return columns[word], columns[tag]


def write_conllu(path: Path, sentences: Iterable[TaggedSentence]) -> None:
    """Write sentences as CoNLL-U: forms and universal tags, `_` in all other columns."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for sentence in sentences:
            for number, (word, tag) in enumerate(zip(*sentence, strict=True), start=1):
                columns = [str(number), word, "_", tag, *["_"] * (N_COLUMNS - 4)]
                file.write("\t".join(columns) + "\n")
            file.write("\n")
