"""Published sets of photos: checked before they are unpacked, unpacked whole or not at all."""

import hashlib
import logging
import zipfile
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from praktikum.data import photos_online
from praktikum.data.errors import BrokenFile, MissingData
from praktikum.data.photos_online import PHOTO_SETS, open_photos


def png(values):
    file = BytesIO()
    Image.fromarray(values).save(file, "png")
    return file.getvalue()


@pytest.fixture
def archive(tmp_path):
    """A set laid out as Penn-Fudan is, one street with two pedestrians, and a trap."""
    path = tmp_path / "publisher.zip"
    objects = np.array([[0, 1, 2], [0, 1, 0]], np.uint8)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("PennFudanPed/readme.txt", "about")
        packed.writestr("PennFudanPed/PNGImages/F1.png", png(np.zeros((2, 3, 3), np.uint8)))
        packed.writestr("PennFudanPed/PedMasks/F1_mask.png", png(objects))
        packed.writestr("PennFudanPed/PNGImages/../../../climbs.png", "out of the folder")
    return path


@pytest.fixture
def published(archive, monkeypatch):
    """The catalogue's set, with that archive as what its address serves."""
    penn_fudan = replace(
        PHOTO_SETS["penn-fudan"], address=archive.as_uri(), size=archive.stat().st_size, md5=None
    )
    monkeypatch.setitem(photos_online.PHOTO_SETS, "penn-fudan", penn_fudan)
    return penn_fudan


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


def test_a_set_is_downloaded_unpacked_and_read(published, folder):
    dataset = open_photos("penn-fudan", folder, download=True)
    image, mask = dataset[0]
    assert image.shape == (2, 3, 3)
    assert mask.tolist() == [[0, 1, 1], [0, 1, 0]]  # both pedestrians


def test_nothing_is_written_outside_of_the_folder(published, folder, tmp_path):
    open_photos("penn-fudan", folder, download=True)
    assert not list(tmp_path.rglob("climbs.png"))


def test_nothing_is_downloaded_unless_asked(published, folder):
    with pytest.raises(MissingData, match="ask for it to be downloaded, or bring it from"):
        open_photos("penn-fudan", folder)


def test_a_set_that_is_there_needs_no_network(published, archive, folder):
    open_photos("penn-fudan", folder, download=True)
    archive.unlink()
    assert len(open_photos("penn-fudan", folder)) == 1


def test_the_first_checksum_is_told_and_kept(published, archive, folder, caplog):
    with caplog.at_level(logging.WARNING):
        open_photos("penn-fudan", folder, download=True)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert digest in caplog.text
    assert (folder / "penn-fudan.zip.sha256").read_text().split()[0] == digest


def test_a_published_checksum_is_enough(published, archive, folder, monkeypatch, caplog):
    right = replace(published, md5=hashlib.md5(archive.read_bytes()).hexdigest())
    monkeypatch.setitem(photos_online.PHOTO_SETS, "penn-fudan", right)
    with caplog.at_level(logging.WARNING):
        assert len(open_photos("penn-fudan", folder, download=True)) == 1
    assert not caplog.records


@pytest.mark.parametrize("known", ["in the catalogue", "kept beside"])
def test_an_archive_of_another_checksum_is_refused(known, published, folder, monkeypatch):
    if known == "in the catalogue":
        wrong = replace(published, md5="0" * 32)
        monkeypatch.setitem(photos_online.PHOTO_SETS, "penn-fudan", wrong)
    else:
        folder.mkdir()
        (folder / "penn-fudan.zip.sha256").write_text("0" * 64)
    with pytest.raises(BrokenFile, match=r"its (MD5|SHA-256) must be 0+, got"):
        open_photos("penn-fudan", folder, download=True)
    assert not (folder / "penn-fudan").exists()


def test_an_archive_of_another_size_is_refused(published, archive, folder):
    archive.write_bytes(archive.read_bytes() + b"more")
    with pytest.raises(BrokenFile, match=f"must have {published.size} bytes, got"):
        open_photos("penn-fudan", folder, download=True)


def test_an_archive_that_is_no_zip_file_is_refused(published, archive, folder):
    archive.write_bytes(b"?" * published.size)
    with pytest.raises(BrokenFile, match="is no whole ZIP file"):
        open_photos("penn-fudan", folder, download=True)
    assert not (folder / "penn-fudan").exists()


def test_a_bomb_is_refused(published, archive, folder, monkeypatch):
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("PennFudanPed/PNGImages/F1.png", bytes(1_000_000))
    bomb = replace(published, size=None)
    monkeypatch.setitem(photos_online.PHOTO_SETS, "penn-fudan", bomb)
    with pytest.raises(BrokenFile, match="more than 20 times its size"):
        open_photos("penn-fudan", folder, download=True)


def test_an_address_that_does_not_answer_is_told_with_a_way_out(published, archive, folder):
    archive.unlink()
    with pytest.raises(MissingData, match="You can bring the file by other means: save it as"):
        open_photos("penn-fudan", folder, download=True)
    assert not list(folder.iterdir())


def test_an_unknown_set_is_told_the_known_ones():
    with pytest.raises(MissingData, match="no set 'coco'; known are penn-fudan, portraits"):
        open_photos("coco")
