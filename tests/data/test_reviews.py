"""Film reviews in folders and in the published archive's layout."""

import hashlib
import io
import tarfile
from dataclasses import replace

import pytest

from praktikum.data import open_texts, reviews
from praktikum.data.errors import BrokenFile, DataError, FormatError, MissingData
from praktikum.data.reviews import LargeMovieReviewDataset, open_reviews, unpack_reviews

FILES = {
    "train/neg/0_3.txt": "Dull.<br />Twice.",
    "train/neg/10_1.txt": "Worst ever",
    "train/neg/9_4.txt": "Мимо",
    "train/pos/0_9.txt": "Good",
    "train/pos/1_10.txt": "Best!\n",
    "test/neg/0_2.txt": "Poor",
    "test/pos/0_7.txt": "Nice",
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / "reviews" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "reviews"


def make_archive(path, extra=()):
    """Write FILES as the publishers did, with things that are to be passed over."""
    with tarfile.open(path, "w:gz") as tar:
        for name, text in [*FILES.items(), ("train/unsup/0_0.txt", "?"), ("README", "!"), *extra]:
            content = text.encode()
            member = tarfile.TarInfo(f"aclImdb/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def test_reviews_come_in_the_order_of_their_numbers_with_rating_and_opinion(folder):
    assert list(LargeMovieReviewDataset(folder)) == [
        ("Dull.<br />Twice.", 2, False),
        ("Мимо", 3, False),
        ("Worst ever", 0, False),
        ("Good", 8, True),
        ("Best!", 9, True),
    ]


def test_transforms_take_the_text_and_nothing_else(folder):
    dataset = LargeMovieReviewDataset(folder, "test", str.upper)
    assert list(dataset) == [("POOR", 1, False), ("NICE", 6, True)]


def test_hidden_files_are_passed_over(folder):
    (folder / "train/pos/.DS_Store").write_bytes(b"\xff")
    assert len(LargeMovieReviewDataset(folder)) == 5


MISTAKES = {
    "train/neg/readme.txt": (b"hello", r"readme.txt: wanted a file NUMBER_STARS.txt"),
    "train/neg/3_9.txt": (b"liked", r"neg/3_9.txt: 9 stars, but here belong 1 to 5"),
    "train/neg/4_0.txt": (b"none", r"neg/4_0.txt: 0 stars, but here belong 1 to 5"),
    "train/pos/5_11.txt": (b"too much", r"pos/5_11.txt: 11 stars, but here belong 6 to 10"),
    "train/pos/6_8.txt": (b" \n", r"6_8.txt: the file is empty"),
    "train/pos/7_8.txt": (b"caf\xe9", r"7_8.txt: byte 3 is not UTF-8; save it as UTF-8"),
}


@pytest.mark.parametrize(("name", "content", "said"), [(n, *m) for n, m in MISTAKES.items()])
def test_a_mistaken_file_gets_a_line(folder, name, content, said):
    (folder / name).write_bytes(content)
    with pytest.raises(FormatError, match=said):
        LargeMovieReviewDataset(folder)


def test_all_mistakes_are_told_together(folder):
    for name, (content, _) in MISTAKES.items():
        (folder / name).write_bytes(content)
    with pytest.raises(FormatError) as caught:
        LargeMovieReviewDataset(folder)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(MISTAKES)
    assert all(any(name in line for line in lines) for name in MISTAKES)


def test_a_missing_folder_is_named(folder):
    with pytest.raises(MissingData, match="absent/train/neg: there is no such folder"):
        LargeMovieReviewDataset(folder / "absent")


def test_a_folder_without_reviews_is_named(folder):
    for path in (folder / "test/pos").iterdir():
        path.unlink()
    with pytest.raises(MissingData, match="test/pos: there are no reviews here"):
        LargeMovieReviewDataset(folder, "test")


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A small archive at the publishers' address."""
    path = make_archive(tmp_path / "publisher.tar.gz")
    content = path.read_bytes()
    md5 = hashlib.md5(content).hexdigest()
    file = replace(reviews.ARCHIVE, size=len(content), md5=md5, mirrors=(path.as_uri(),))
    monkeypatch.setattr(reviews, "ARCHIVE", file)
    return file


def test_the_set_is_downloaded_unpacked_and_read(published, tmp_path):
    train, valid, test = open_texts("aclimdb", tmp_path / "data", download=True)
    assert sorted((*train, *valid)) == [
        ("Best!", 9, True),
        ("Dull.<br />Twice.", 2, False),
        ("Good", 8, True),
        ("Worst ever", 0, False),
        ("Мимо", 3, False),
    ]
    assert [text.text for text in test] == ["Poor", "Nice"]


def test_the_next_time_nothing_is_downloaded(published, tmp_path, monkeypatch):
    first = open_reviews(tmp_path, download=True)
    (tmp_path / published.name).unlink()
    assert open_reviews(tmp_path) == first


def test_without_leave_to_download_the_error_says_what_to_do(published, tmp_path):
    with pytest.raises(MissingData, match=r"neither aclImdb/ nor aclImdb_v1.tar.gz.*download=true"):
        open_reviews(tmp_path)


def test_another_archive_is_refused_before_it_is_unpacked(published, tmp_path):
    make_archive(tmp_path / published.name, extra=[("train/pos/2_8.txt", "more")])
    with pytest.raises(BrokenFile):
        open_reviews(tmp_path)
    assert not (tmp_path / "aclImdb").exists()


def test_one_changed_byte_is_seen_by_the_published_md5(published, tmp_path):
    content = bytearray((tmp_path / "publisher.tar.gz").read_bytes())
    content[-1] ^= 1
    (tmp_path / published.name).write_bytes(content)
    with pytest.raises(BrokenFile, match=f"its MD5 must be {published.md5}, came"):
        open_reviews(tmp_path)


def test_nothing_is_written_outside_of_the_folder(tmp_path):
    climbing = [
        (name, "out")
        for name in (
            "train/pos/../../../../1_9.txt",
            "../train/pos/1_9.txt",
            "../aclImdb/train/pos/7_9.txt",
        )
    ]
    archive = make_archive(tmp_path / "archive.tar.gz", climbing)
    (tmp_path / "home").mkdir()
    unpack_reviews(archive, tmp_path / "home" / "aclImdb")
    written = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*_*.txt")}
    assert written == {f"home/aclImdb/{name}" for name in FILES}


def test_a_link_is_not_followed(tmp_path):
    path = tmp_path / "archive.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        link = tarfile.TarInfo("aclImdb/train/pos/1_9.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    unpack_reviews(path, tmp_path / "home")
    assert not list(tmp_path.rglob("1_9.txt"))


def test_a_review_too_large_to_be_true_is_refused(tmp_path):
    archive = make_archive(tmp_path / "a.tar.gz", [("train/pos/2_8.txt", "x" * 300_000)])
    with pytest.raises(BrokenFile, match="2_8.txt is too large"):
        unpack_reviews(archive, tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_a_torn_archive_leaves_nothing(tmp_path):
    archive = make_archive(tmp_path / "a.tar.gz")
    archive.write_bytes(archive.read_bytes()[:-40])
    with pytest.raises(BrokenFile, match="no whole archive"):
        unpack_reviews(archive, tmp_path / "home")
    assert list(tmp_path.iterdir()) == [archive]


def test_an_unknown_name_is_refused():
    with pytest.raises(DataError, match="no data set 'imdb': there are snippets, aclimdb"):
        open_texts("imdb")
