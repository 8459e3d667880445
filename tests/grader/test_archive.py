"""Archives from an untrusted place: only what was asked for is read, and never much of it."""

from __future__ import annotations

import io
import os
import stat
import struct
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from praktikum.grader.archive import (
    MAX_ARCHIVE,
    MAX_ENTRY,
    Entries,
    entries_of,
    read_archive,
    with_archive,
)
from praktikum.grader.submission import Submission, SubmissionError

NAMES = ("a.png", "b.png")
SUBMISSION = Submission(Path("task.ipynb"), "0" * 64, (), None)


def packed(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    content = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(content, "w", method) as archive:
        warnings.simplefilter("ignore")  # of names that stand twice
        for name, data in files:
            archive.writestr(name, data)
    return content.getvalue()


def opened(content: bytes) -> Entries:
    return entries_of(content, NAMES, "masks.zip")


GOOD = packed(("a.png", b"one"), ("b.png", b"two"))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_files_that_were_asked_for_are_read(method: int) -> None:
    found = opened(packed(("a.png", b"one"), ("b.png", b"two"), method=method))
    assert found == Entries({"a.png": b"one", "b.png": b"two"}, {}, ())


def of_kind(mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("b.png")
    entry.external_attr = mode << 16
    return entry


@pytest.mark.parametrize(
    "name",
    ["../a.png", "/etc/passwd", "masks/a.png", "__MACOSX/._a.png", "A.PNG", "a.png/", "c.png"],
)
def test_other_names_are_told_and_never_opened(name: str) -> None:
    found = opened(packed(("a.png", b"one"), (name, b"x")))
    assert (found.contents, found.strangers) == ({"a.png": b"one"}, (name,))


def test_a_link_is_only_the_bytes_of_its_entry() -> None:
    found = opened(packed((of_kind(stat.S_IFLNK | 0o777), b"/etc/passwd")))
    assert found.contents == {"b.png": b"/etc/passwd"}


def patched(old: bytes, new: bytes, count: int = -1) -> bytes:
    assert old in GOOD
    return GOOD.replace(old, new, count)


def locked() -> bytes:
    content = bytearray(GOOD)
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


REFUSED: dict[str, tuple[bytes, str]] = {
    "a bomb": (
        packed(("a.png", bytes(3 * 2**20)), ("b.png", b"two"), method=zipfile.ZIP_DEFLATED),
        "larger than 64 KB",
    ),
    "twice": (packed(("a.png", b"x"), ("b.png", b"two"), ("a.png", b"y")), "twice in the archive"),
    "three times": (
        packed(("a.png", b"x"), ("a.png", b"x"), ("b.png", b"two"), ("a.png", b"y")),
        "twice in the archive",
    ),
    "locked": (locked(), "locked by a password"),
    "LZMA": (
        GOOD[: GOOD.index(b"PK\1\2") + 10] + b"\x0e" + GOOD[GOOD.index(b"PK\1\2") + 11 :],
        "packed by an unusual method",
    ),
    "a wrong sum": (patched(b"one", b"eno", 1), "damaged in the archive"),
}


@pytest.mark.parametrize(("content", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_entry_costs_only_itself(content: bytes, said: str) -> None:
    found = opened(content)
    assert found.contents == {"b.png": b"two"}
    assert {name: why.en for name, why in found.refused.items()} == {"a.png": said}


def test_an_entry_that_unfolds_to_more_than_it_says_is_refused() -> None:
    whole = packed(("a.png", bytes(3 * 2**20)), method=zipfile.ZIP_DEFLATED)
    lying = whole.replace(struct.pack("<I", 3 * 2**20), struct.pack("<I", 100))
    tracemalloc.start()
    found = opened(lying)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not found.contents
    assert found.refused.keys() == {"a.png"}
    assert peak < 2**20


def test_an_entry_that_nobody_asked_for_takes_the_memory_of_its_name() -> None:
    count = 1_000
    many = packed(*((f"{number}.png", bytes(100)) for number in range(count)))
    tracemalloc.start()
    found = opened(many)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found.contents, len(found.strangers)) == ({}, count)
    assert peak * MAX_ARCHIVE / len(many) < 100 * 2**20  # of an archive as large as it may be


@pytest.mark.parametrize("content", [b"", b"PK", b"hello", GOOD[:-10], b"\x1f\x8b" + bytes(100)])
def test_what_is_no_archive_is_told(content: bytes) -> None:
    with pytest.raises(SubmissionError, match=r"masks\.zip: this is not a zip archive"):
        opened(content)


def test_any_damage_is_refused_or_read_within_bounds() -> None:
    rng = np.random.default_rng(5)
    for _ in range(500):
        content = bytearray(GOOD)
        for place in rng.integers(len(content), size=rng.integers(1, 4)):
            content[place] = rng.integers(256)
        try:
            found = opened(bytes(content))
        except SubmissionError:
            continue
        assert found.contents.keys() <= set(NAMES)
        assert all(len(each) <= MAX_ENTRY for each in found.contents.values())


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(500 * 2**20)


def linked(path: Path) -> None:
    target = path.with_name("secret.zip")
    target.write_bytes(GOOD)
    path.symlink_to(target)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (huge, "masks.zip: 500 MB, the limit is 4 MB."),
        (linked, "masks.zip: a plain file is wanted, neither a link nor a folder."),
        (Path.mkdir, "masks.zip: a plain file is wanted, neither a link nor a folder."),
        (os.mkfifo, "masks.zip: a plain file is wanted, neither a link nor a folder."),
    ],
)
def test_what_is_no_plain_small_file_costs_the_masks_alone(
    tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    make(tmp_path / "masks.zip")
    with pytest.raises(SubmissionError) as caught:
        read_archive(tmp_path / "masks.zip")
    assert str(caught.value) == said
    submission = with_archive(SUBMISSION, tmp_path / "masks.zip")
    assert (submission.archive, [note.en for note in submission.notes]) == (None, [said])


def test_the_digest_covers_both_files(tmp_path: Path) -> None:
    path = tmp_path / "masks.zip"
    assert with_archive(SUBMISSION, path) == SUBMISSION  # none came
    digests = {SUBMISSION.digest}
    for content in (GOOD, GOOD + b"x"):
        path.write_bytes(content)
        digests.add(with_archive(SUBMISSION, path).digest)
        digests.add(with_archive(replace(SUBMISSION, digest="1" * 64), path).digest)
    assert len(digests) == 5
