"""10,605 sentences of film reviews, each rated by some twenty people: small, and a real set.

Source: Hutto, Gilbert, 2014, "VADER: a parsimonious rule-based model for sentiment analysis of
social media text"; the sentences are those of rottentomatoes.com that Pang and Lee published. They
lie in the source archive of the package vaderSentiment 3.3.2 (MIT licence), an archive within an
archive, from which they are read without being unpacked to the disk. The archive is fetched by pip
at first use and kept; after that no network is needed.

The mean of the ratings, -4 to 4, is kept to its tenth part of the range, 0 to 9; an opinion is
favourable if the mean is above 0.
"""

from __future__ import annotations

import io
import math
import tarfile
from pathlib import Path

from .catalogue import DATA_FOLDER
from .errors import FormatError, MissingData
from .published_files import PublishedFile, read_checked
from .rated_texts import RATINGS, RatedText, TextSplits, split_by_text
from .source_archives import fetch_source_archive

__all__ = ["ARCHIVE", "open_snippets", "parse_snippets", "read_snippets"]

REQUIREMENT = "vaderSentiment==3.3.2"
ARCHIVE = PublishedFile(
    "vaderSentiment-3.3.2.tar.gz",
    2_466_783,
    "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
    mirrors=(),
)
INNER = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
SENTENCES = "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt"

LARGEST_MEMBER = 1 << 23  # bytes; the true ones have 2.3 and 1.4 million
VALID, TEST = 0.1, 0.15  # shares


def open_snippets(folder: Path = DATA_FOLDER / "snippets", download: bool = True) -> TextSplits:
    """Return the sentences to train on (three quarters), to choose by (0.1) and to test on (0.15).

    Args:
        folder: where the archive is, or is to be kept.
        download: fetch the archive if it is not there.

    Raises:
        MissingData: it is not there, and may not or cannot be fetched.
        BrokenFile: it is not the published archive.
    """
    path = folder / ARCHIVE.name
    if not path.is_file():
        if not download:
            raise MissingData(
                f"snippets: {ARCHIVE.name} is not in {folder}. Put it there, or allow the "
                "download of 2.5 MB (download=true)"
            )
        path = fetch_source_archive(ARCHIVE, REQUIREMENT, folder)
    return split_by_text(read_snippets(path), VALID, TEST)


def read_snippets(path: Path) -> list[RatedText]:
    """Return the sentences of a local archive, in the file's order. Raises BrokenFile."""
    inner = _member(read_checked(ARCHIVE, path), INNER)
    return parse_snippets(_member(inner, SENTENCES))


def parse_snippets(content: bytes) -> list[RatedText]:
    """Return the texts of lines ``number TAB mean rating TAB text``, in UTF-8.

    Raises FormatError that tells every line that is none of these.
    """
    texts, mistakes = [], []
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        _, mean, text = (*line.split("\t"), "", "")[:3]
        try:
            texts.append(_rated(float(mean), text))
        except ValueError:
            mistakes.append(f"line {number}: wanted number, mean rating and text, got {line!r}")
    if mistakes:
        raise FormatError("\n".join(mistakes))
    return texts


def _rated(mean: float, text: str) -> RatedText:
    if not -4 <= mean <= 4 or not text.strip() or "\ufffd" in text:
        raise ValueError("no rating, or no text")
    rating = min(math.floor((mean + 4) / 8 * RATINGS), RATINGS - 1)
    return RatedText(text.strip(), rating, mean > 0)


def _member(archive: bytes, name: str) -> bytes:
    """The content of a file in an archive. Raises FormatError if it is not there or too long."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            member = next((entry for entry in tar if entry.name == name), None)
            stream = tar.extractfile(member) if member and member.isreg() else None
            if member is None or stream is None or member.size > LARGEST_MEMBER:
                raise FormatError(f"the archive has no member {name} of a sensible size")
            return stream.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise FormatError(f"the archive is broken: {error}") from error
