"""Film reviews in the layout of the Large Movie Review Dataset: files with ratings in their names.

    FOLDER/train/pos/127_10.txt    a favourable review, number 127, with ten stars

Source: Maas et al., 2011, "Learning word vectors for sentiment analysis": 50,000 reviews from
IMDb, half to train on and half to test on, none with 5 or 6 stars. Stars 1 to 10 are kept as
ratings 0 to 9. The reviews without a rating (`unsup`) are left out.
"""

from __future__ import annotations

import gzip
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from torch.utils.data import Dataset

from .catalogue import DATA_FOLDER
from .errors import BrokenFile, FormatError, MissingData
from .published_files import PublishedFile, fetch, find, read_checked
from .rated_texts import RatedText, TextSplits, split_by_text

__all__ = [
    "ARCHIVE",
    "LargeMovieReviewDataset",
    "open_reviews",
    "read_folder",
    "unpack_reviews",
]

ARCHIVE = PublishedFile(
    "aclImdb_v1.tar.gz",
    84_125_825,
    sha256=None,
    mirrors=("https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",),
    md5="7c2ac02c03563afcf9b574c7e56c153a",
)
HOME = "aclImdb"
LARGEST_REVIEW = 1 << 18  # bytes; the longest has 14 thousand
MOST_REVIEWS = 1 << 17
VALID = 0.1  # share of what is to be trained on

_NAME = re.compile(r"(\d+)_(\d+)\.txt")
_MEMBER = re.compile(rf"(?:\./)?{HOME}/(train|test)/(pos|neg)/(\d+_\d+\.txt)")


class LargeMovieReviewDataset(Dataset[Any]):
    """The reviews of one part, in the order of their numbers, unfavourable ones first.

    Args:
        folder: what holds `train` and `test`.
        part: which of the two.
        transforms: called with the text; what it returns takes the text's place in the item.

    Raises:
        MissingData: a folder is not there, or there is no review in it.
        FormatError: names that are not ``NUMBER_STARS.txt``, stars that contradict the folder,
            empty files, files that are not UTF-8: one line for each, all of them together.
    """

    def __init__(
        self,
        folder: Path | str,
        part: Literal["train", "test"] = "train",
        transforms: Callable[[str], Any] | None = None,
    ) -> None:
        """Read all files into `reviews`; `transforms` is kept. Raises what the class promises."""
        mistakes: list[str] = []
        self.transforms = transforms
        self.reviews = [
            review
            for kind in ("neg", "pos")
            for review in read_folder(Path(folder, part, kind), kind == "pos", mistakes)
        ]
        if mistakes:
            raise FormatError("\n".join(mistakes))

    def __len__(self) -> int:
        """Return the number of reviews."""
        return len(self.reviews)

    def __getitem__(self, index: int) -> tuple[Any, int, bool]:
        """Return a review: its text or what `transforms` makes of it, rating, favourable."""
        text, rating, favourable = self.reviews[index]
        return (self.transforms(text) if self.transforms else text), rating, favourable


def read_folder(folder: Path, favourable: bool, mistakes: list[str]) -> list[RatedText]:
    """Return the reviews of a folder by their numbers; what is wrong is added to `mistakes`.

    Raises MissingData: there is no such folder, or no review in it.
    """
    if not folder.is_dir():
        raise MissingData(f"{folder}: there is no such folder; wanted train and test, pos and neg")
    numbered: list[tuple[int, RatedText]] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        try:
            numbered.append(_read_review(path, favourable))
        except FormatError as error:
            mistakes.append(str(error))
    if not numbered and not mistakes:
        raise MissingData(f"{folder}: there are no reviews here")
    return [review for _, review in sorted(numbered)]


def _read_review(path: Path, favourable: bool) -> tuple[int, RatedText]:
    """The number and the review."""
    match = _NAME.fullmatch(path.name)
    if match is None or not path.is_file():
        raise FormatError(f"{path}: wanted a file NUMBER_STARS.txt, such as 127_10.txt")
    number, stars = map(int, match.groups())
    lowest, highest = (6, 10) if favourable else (1, 5)
    if not lowest <= stars <= highest:
        raise FormatError(f"{path}: {stars} stars, but here belong {lowest} to {highest}")
    try:
        text = path.read_bytes().decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}: byte {error.start} is not UTF-8; save it as UTF-8") from error
    if not text:
        raise FormatError(f"{path}: the file is empty")
    return number, RatedText(text, stars - 1, favourable)


def open_reviews(folder: Path = DATA_FOLDER / "aclimdb", download: bool = False) -> TextSplits:
    """Return the published set, as `read_reviews` does.

    Args:
        folder: where the archive is, or is to be kept, and is unpacked.
        download: fetch the archive, 84 MB, if neither it nor what it unpacks to is there.

    Raises:
        MissingData: it is not there, and may not or cannot be downloaded.
        BrokenFile: it is not the published archive.
        FormatError: see `LargeMovieReviewDataset`.
    """
    home = folder / HOME
    if not home.is_dir():
        path = find(ARCHIVE, [folder])
        if path is None and download:
            path = fetch(ARCHIVE, folder)
        if path is None:
            raise MissingData(
                f"aclimdb: neither {HOME}/ nor {ARCHIVE.name} is in {folder}. Put one there, or "
                "allow the download of 84 MB (download=true)"
            )
        read_checked(ARCHIVE, path)
        unpack_reviews(path, home)
    return read_reviews(home)


def read_reviews(folder: Path) -> TextSplits:
    """Return all reviews of a folder; a tenth of `train` is put aside to choose by.

    Raises MissingData or FormatError, see `LargeMovieReviewDataset`.
    """
    train, test = (LargeMovieReviewDataset(folder, part).reviews for part in ("train", "test"))
    parts = split_by_text(train, VALID)
    return TextSplits(parts.train, parts.valid, tuple(test))


def unpack_reviews(archive: Path, home: Path) -> None:
    """Fill `home` with the rated reviews of an archive; it appears only when it is complete.

    Only members with the exact names of reviews are read, so none can climb out of the folder.
    Raises BrokenFile if the archive is torn, or has reviews too large or too many to be true.
    """
    with tempfile.TemporaryDirectory(prefix=".", dir=home.parent) as temporary:
        whole = Path(temporary, "whole")
        try:
            with tarfile.open(archive, "r:gz") as tar:
                _copy_reviews(tar, whole, archive)
        except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise BrokenFile(f"{archive} is no whole archive ({error}); get it anew") from error
        whole.rename(home)


def _copy_reviews(tar: tarfile.TarFile, whole: Path, archive: Path) -> None:
    for part in ("train", "test"):
        for kind in ("pos", "neg"):
            (whole / part / kind).mkdir(parents=True)
    copied = 0
    for member in tar:
        match = _MEMBER.fullmatch(member.name)
        source = tar.extractfile(member) if match and member.isreg() else None
        if match is None or source is None:
            continue
        copied += 1
        if member.size > LARGEST_REVIEW or copied > MOST_REVIEWS:
            raise BrokenFile(f"{archive}: {member.name} is too large, or one too many: refused")
        with whole.joinpath(*match.groups()).open("wb") as file:
            shutil.copyfileobj(source, file)
