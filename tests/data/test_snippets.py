"""Sentences about films: an archive in the published layout, and the published one itself."""

import hashlib
import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from praktikum.data import snippets
from praktikum.data.catalogue import DATA_FOLDER
from praktikum.data.errors import BrokenFile, FormatError, MissingData
from praktikum.data.rated_texts import split_by_text
from praktikum.data.snippets import ARCHIVE, open_snippets, parse_snippets, read_snippets

LINES = "1\t2.2666\tA fine film.\r\n2\t-4\t Вздор \r\n3\t4\tPerfect\r\n4\t0\tA film"
PUBLISHED = ARCHIVE


def packed(name, content):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return file.getvalue()


@pytest.fixture
def make_published(monkeypatch):
    """Write an archive and have it be the published one."""

    def make(folder, inner=snippets.INNER, sentences=snippets.SENTENCES):
        content = packed(inner, packed(sentences, LINES.encode()))
        digest = hashlib.sha256(content).hexdigest()
        monkeypatch.setattr(snippets, "ARCHIVE", replace(ARCHIVE, size=len(content), sha256=digest))
        folder.mkdir(exist_ok=True)
        (folder / ARCHIVE.name).write_bytes(content)
        return folder / ARCHIVE.name

    return make


def test_sentences_are_read_from_the_archive_in_the_archive(make_published, tmp_path):
    assert read_snippets(make_published(tmp_path)) == [
        ("A fine film.", 7, True),
        ("Вздор", 0, False),
        ("Perfect", 9, True),
        ("A film", 5, False),
    ]
    assert len(list(tmp_path.iterdir())) == 1


def test_an_archive_that_is_there_is_not_fetched(make_published, tmp_path):
    make_published(tmp_path)
    parts = open_snippets(tmp_path, download=False)
    assert sum(map(len, parts)) == 4


def test_without_leave_to_download_the_error_says_what_to_do(tmp_path):
    with pytest.raises(MissingData, match=r"vaderSentiment-3.3.2.tar.gz is not in.*download=true"):
        open_snippets(tmp_path, download=False)


def test_another_archive_is_refused(make_published, tmp_path):
    path = make_published(tmp_path)
    path.write_bytes(path.read_bytes() + b"!")
    with pytest.raises(BrokenFile):
        open_snippets(tmp_path)


@pytest.mark.parametrize("name", ["inner", "sentences"])
def test_an_archive_without_the_member_says_which_it_wanted(make_published, tmp_path, name):
    path = make_published(tmp_path, **{name: "elsewhere.txt"})
    with pytest.raises(FormatError, match=r"no member .*(hutto_ICWSM_2014.tar.gz|GroundTruth.txt)"):
        read_snippets(path)


def test_every_mistaken_line_is_told():
    lines = b"1\t1.0\tgood\n2\tmany\tbad\n3\t5\tfar\n4\t1\n5\t1\t \n6\tnan\tx\n7\t1\tcaf\xe9"
    with pytest.raises(FormatError) as caught:
        parse_snippets(lines)
    told = [line.split(":")[0] for line in str(caught.value).splitlines()]
    assert told == [f"line {number}" for number in range(2, 8)]


def test_parts_are_told_by_the_text_alone():
    texts = parse_snippets("\n".join(f"{n}\t1\tText {n}" for n in range(4000)).encode())
    train, valid, test = split_by_text(texts, 0.1, 0.15)
    assert len(valid) == pytest.approx(400, abs=60)
    assert len(test) == pytest.approx(600, abs=70)
    assert sorted((*train, *valid, *test)) == sorted(texts)
    more = split_by_text(texts[::-3], 0.1, 0.15)  # fewer, in another order
    assert set(more.test) == set(test) & set(texts[::-3])


def test_copies_of_a_text_are_in_one_part():
    texts = parse_snippets(
        b"\n".join(b"%d\t1\t%s" % (n, b"Same  TEXT"[: 10 - n % 2]) for n in (2, 4))
    )
    copies = [*texts, texts[0]._replace(text="same text")]
    assert sorted(map(len, split_by_text(copies, 0.3, 0.3))) == [0, 0, 3]


@pytest.fixture(scope="module")
def published_archive():
    """The true archive: kept from before, or fetched now."""
    folder = Path(__file__).parents[2] / DATA_FOLDER / "snippets"
    try:
        open_snippets(folder)
    except MissingData as error:
        pytest.skip(f"the published archive is neither here nor to be had: {error}")
    return folder / PUBLISHED.name


def test_the_published_archive_has_its_sentences(published_archive):
    texts = read_snippets(published_archive)
    assert len(texts) == 10_605
    assert texts[2] == ("Effective but too tepid biopic", 4, False)
    assert sum(text.favourable for text in texts) == 5242
    assert [len(part) for part in split_by_text(texts, 0.1, 0.15)] == [7952, 1013, 1640]
