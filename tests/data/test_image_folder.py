"""Folders of pictures: order, size, orientation, and files that are no pictures."""

import numpy as np
import pytest
from PIL import Image

from praktikum.data import open_image_folder
from praktikum.data.errors import FormatError, MissingData

ORIENTATION = 0x0112  # the tag of EXIF
TURNED_LEFT = 6  # to be shown turned by a quarter clockwise


@pytest.fixture
def root(tmp_path):
    """Two dogs, a cat in a folder within its class, and files that are to be left alone."""
    for name, colour in {"dog/b.jpg": "red", "dog/a.png": "lime", "cat/x/c.bmp": "blue"}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30), colour).save(path)
    (tmp_path / "dog" / "notes.txt").write_text("good dog")
    (tmp_path / "dog" / ".b.jpg").write_bytes(b"")
    (tmp_path / ".cache").mkdir()
    return tmp_path


def test_classes_are_folders_and_pictures_come_in_order(root):
    folder = open_image_folder(root, size=16)
    assert folder.classes == ("cat", "dog")
    assert [path.name for path in folder.paths] == ["c.bmp", "a.png", "b.jpg"]
    image, label = folder[1]
    assert (image.shape, image.dtype, label) == ((3, 16, 16), np.uint8, 1)
    assert image[:, 8, 8].tolist() == [0, 255, 0]


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1", "I;16"])
def test_every_mode_becomes_rgb(mode, root):
    Image.new(mode, (20, 20)).save(root / "cat" / "x.tiff")
    folder = open_image_folder(root, size=8)
    assert folder[folder.paths.index(root / "cat" / "x.tiff")][0].shape == (3, 8, 8)


def test_a_picture_is_turned_as_its_camera_says_and_cut_out_of_the_middle(root):
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, :20] = 255  # the left quarter lies outside of the middle square
    pixels[:20, 20:60] = 128  # upper half of the middle square
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_LEFT
    Image.fromarray(pixels).save(root / "cat" / "a.png", exif=exif)
    folder = open_image_folder(root, size=40)
    image = folder[folder.paths.index(root / "cat" / "a.png")][0][0]
    assert (image[:, 21:] == 128).all()  # what was above is on the right now
    assert (image[:, :19] == 0).all()


@pytest.mark.parametrize("content", [b"", b"text", b"\x89PNG\r\n\x1a\n torn"])
def test_a_file_that_is_no_picture_is_named(content, root):
    (root / "cat" / "a.png").write_bytes(content)
    folder = open_image_folder(root, size=8)
    with pytest.raises(FormatError, match="a.png: this is not a picture in a format"):
        folder[folder.paths.index(root / "cat" / "a.png")]


def test_a_torn_photograph_is_refused_not_completed_with_grey(root):
    path = root / "dog" / "b.jpg"
    path.write_bytes(path.read_bytes()[:-200])
    folder = open_image_folder(root, size=8)
    with pytest.raises(FormatError, match="cut off or damaged"):
        folder[folder.paths.index(path)]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda root: root / "absent", "is not a folder: wanted .*/CLASS/PICTURE"),
        (lambda root: root / "dog", "has no folders"),
        (lambda root: root / "empty", r"bird has no pictures \(.bmp, "),
    ],
)
def test_a_folder_without_pictures_is_named(make, said, root):
    (root / "empty" / "bird").mkdir(parents=True)
    with pytest.raises(MissingData, match=said):
        open_image_folder(make(root), size=8)
