"""Published sets of photos: checked before they are unpacked, unpacked whole or not at all."""

import hashlib
import logging
import re
import tarfile
import zipfile
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

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
    return serve(monkeypatch, address=archive.as_uri(), size=archive.stat().st_size, md5=None)


def serve(monkeypatch, **changes):
    """Change the archive of the catalogue's set, and return it."""
    penn_fudan = PHOTO_SETS["penn-fudan"]
    [published] = penn_fudan.archives
    changed = replace(published, **changes)
    monkeypatch.setitem(PHOTO_SETS, "penn-fudan", replace(penn_fudan, archives=(changed,)))
    return changed


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
    serve(monkeypatch, md5=hashlib.md5(archive.read_bytes()).hexdigest())
    with caplog.at_level(logging.WARNING):
        assert len(open_photos("penn-fudan", folder, download=True)) == 1
    assert not caplog.records


@pytest.mark.parametrize("known", ["in the catalogue", "kept beside"])
def test_an_archive_of_another_checksum_is_refused(known, published, folder, monkeypatch):
    if known == "in the catalogue":
        serve(monkeypatch, md5="0" * 32)
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
    serve(monkeypatch, size=None)
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


@pytest.mark.parametrize("published", [a for s in PHOTO_SETS.values() for a in s.archives])
def test_every_archive_has_a_checksum_that_was_published(published):
    assert re.fullmatch("[0-9a-f]{32}", published.md5)


GREEN, RED, BLUE = (0, 255, 0), (255, 0, 0), (0, 0, 255)


def tar(path, **files):
    """Write a tar with gzip of these contents."""
    with tarfile.open(path, "w:gz") as packed:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            packed.addfile(entry, BytesIO(content))


def ppm(pixels):
    file = BytesIO()
    Image.fromarray(np.array(pixels, np.uint8)).save(file, "PPM")
    return file.getvalue()


@pytest.fixture
def portraits(tmp_path, monkeypatch):
    """Two faces laid out as Labeled Faces in the Wild are, the parts of one of them, and traps."""
    masks, images = (tmp_path / name for name in ("masks.tgz", "images.tgz"))
    parts = [[GREEN, BLUE, RED], [BLUE, BLUE, GREEN]]
    face = png(np.full((2, 3, 3), 7, np.uint8))
    root = "parts_lfw_funneled_gt_images"
    tar(masks, **{f"{root}/Ada_0001.ppm": ppm(parts), f"{root}/.DS_Store": b"?"})
    tar(
        images,
        **{
            "lfw_funneled/Ada/Ada_0001.jpg": face,
            "lfw_funneled/Bob/Bob_0001.jpg": face,
            "lfw_funneled/pairs_01.txt": b"names",
            "lfw_funneled/../../climbs.jpg": face,
        },
    )
    served = tuple(
        replace(archive, address=path.as_uri(), md5=hashlib.md5(path.read_bytes()).hexdigest())
        for archive, path in zip(PHOTO_SETS["portraits"].archives, (masks, images), strict=True)
    )
    monkeypatch.setitem(PHOTO_SETS, "portraits", replace(PHOTO_SETS["portraits"], archives=served))
    return masks, images


def test_portraits_with_parts_become_photos_with_masks_of_the_head(portraits, folder, tmp_path):
    dataset = open_photos("portraits", folder, download=True)
    assert dataset.stems == ["Ada_0001"]
    image, mask = dataset[0]
    assert image.tolist() == np.full((2, 3, 3), 7).tolist()
    assert mask.tolist() == [[1, 0, 1], [0, 0, 1]]
    assert not list(tmp_path.rglob("climbs.jpg"))
    for archive in portraits:
        archive.unlink()
    assert len(open_photos("portraits", folder)) == 1


def test_a_tar_that_is_cut_off_is_refused(portraits, folder, monkeypatch):
    whole = PHOTO_SETS["portraits"]
    cut = tuple(replace(archive, md5=None) for archive in whole.archives)
    monkeypatch.setitem(PHOTO_SETS, "portraits", replace(whole, archives=cut))
    portraits[1].write_bytes(portraits[1].read_bytes()[:100])
    with pytest.raises(BrokenFile, match="is no whole tar file"):
        open_photos("portraits", folder, download=True)
    assert not (folder / "portraits").exists()


def test_a_tar_that_is_a_bomb_is_refused(portraits, folder, monkeypatch):
    whole = PHOTO_SETS["portraits"]
    free = tuple(replace(archive, md5=None) for archive in whole.archives)
    monkeypatch.setitem(PHOTO_SETS, "portraits", replace(whole, archives=free))
    tar(portraits[0], **{"parts_lfw_funneled_gt_images/Ada_0001.ppm": bytes(1_000_000)})
    with pytest.raises(BrokenFile, match="more than 20 times its size"):
        open_photos("portraits", folder, download=True)
