"""Source archives by pip: fetched from a folder that stands for the index, and never run."""

import hashlib
import io
import tarfile

import pytest

from praktikum.data.errors import BrokenFile, MissingData
from praktikum.data.published_files import PublishedFile
from praktikum.data.source_archives import fetch_source_archive

MEMBERS = {
    "toy-1.0/setup.py": "raise SystemExit('setup.py was run')\n",
    "toy-1.0/PKG-INFO": "Metadata-Version: 1.1\nName: toy\nVersion: 1.0\n",
    "toy-1.0/data.txt": "rows\n",
}


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder that pip takes for its only index, with a package whose setup.py fails."""
    folder = tmp_path / "index"
    folder.mkdir()
    with tarfile.open(folder / "toy-1.0.tar.gz", "w:gz") as tar:
        for name, text in MEMBERS.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    monkeypatch.delenv("PIP_CONSTRAINT", raising=False)
    return folder


def published(index, change=b""):
    content = (index / "toy-1.0.tar.gz").read_bytes() + change
    return PublishedFile("toy-1.0.tar.gz", len(content), hashlib.sha256(content).hexdigest(), ())


def test_the_archive_comes_and_nothing_of_it_runs(index, tmp_path):
    path = fetch_source_archive(published(index), "toy==1.0", tmp_path / "new" / "folder")
    assert path.read_bytes() == (index / "toy-1.0.tar.gz").read_bytes()
    assert list(path.parent.iterdir()) == [path]


def test_another_content_is_refused_and_leaves_nothing(index, tmp_path):
    folder = tmp_path / "folder"
    with pytest.raises(BrokenFile, match=r"toy-1.0.tar.gz: it must hold"):
        fetch_source_archive(published(index, b"!"), "toy==1.0", folder)
    assert list(folder.iterdir()) == []


def test_what_pip_cannot_get_is_told_with_what_to_do(index, tmp_path):
    folder = tmp_path / "folder"
    with pytest.raises(MissingData, match=r"toy==2.0 \(is there a network\?\): ERROR.*put toy-1"):
        fetch_source_archive(published(index), "toy==2.0", folder)
    assert list(folder.iterdir()) == []


def test_a_pip_that_hangs_is_given_up(index, tmp_path):
    with pytest.raises(MissingData, match=r"in 0.01 seconds; try again, or put toy-1.0.tar.gz"):
        fetch_source_archive(published(index), "toy==1.0", tmp_path, timeout=0.01)
