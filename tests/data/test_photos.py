"""Photos and masks as files keep them: each kind is read rightly or refused clearly."""

import numpy as np
import pytest
from PIL import Image

from praktikum.data.errors import FormatError, MissingData
from praktikum.data.photos import PhotosDataset
from praktikum.data.photos_reading import read_mask, read_photo

ROTATED = 6  # EXIF: the camera was turned, show the picture 90 degrees clockwise


def picture(mode="RGB", size=(4, 3), seed=0):
    width, height = size
    values = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values).convert(mode)


def saved(image, path, **options):
    image.save(path, **options)
    return path


def saved_array(values, path, **options):
    return saved(Image.fromarray(values), path, **options)


@pytest.fixture
def mask_values():
    return np.array([[0, 255, 255, 0], [255, 0, 0, 0], [0, 0, 255, 255]], np.uint8)


def exif_of(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def test_a_photo_turned_by_exif_is_upright(tmp_path):
    stored = picture()
    path = saved(stored, tmp_path / "a.png", exif=exif_of(ROTATED))
    expected = np.rot90(np.asarray(stored), k=-1)  # clockwise
    np.testing.assert_array_equal(read_photo(path), expected)


@pytest.mark.parametrize("mode", ["L", "1"])
def test_grey_is_tripled(mode, tmp_path):
    grey = picture(mode)
    photo = read_photo(saved(grey, tmp_path / "a.png"))
    np.testing.assert_array_equal(photo, np.stack([np.asarray(grey.convert("L"))] * 3, axis=2))


def test_a_palette_is_looked_up(tmp_path):
    photo = picture("P")
    path = saved(photo, tmp_path / "a.png")
    np.testing.assert_array_equal(read_photo(path), np.asarray(photo.convert("RGB")))


def test_what_is_transparent_is_white(tmp_path):
    photo = picture("RGBA")
    photo.putalpha(Image.fromarray(np.array([[0, 255, 255, 0]] * 3, np.uint8)))
    read = read_photo(saved(photo, tmp_path / "a.png"))
    assert (read[:, [0, 3]] == 255).all()
    np.testing.assert_array_equal(read[:, 1:3], np.asarray(photo)[:, 1:3, :3])


def test_cmyk_becomes_the_colours_that_it_prints(tmp_path):
    inks = np.zeros((3, 4, 4), np.uint8)
    inks[:, :2, 0] = 255  # cyan ink takes the red away
    path = saved(Image.fromarray(inks, "CMYK"), tmp_path / "a.tif")
    expected = np.where(np.arange(4)[:, None] < 2, [0, 255, 255], [255, 255, 255])
    np.testing.assert_array_equal(read_photo(path), np.broadcast_to(expected, (3, 4, 3)))


def test_16_bits_are_cut_to_8(tmp_path):
    values = np.array([[0, 255, 256, 65535]], np.uint16)
    photo = read_photo(saved_array(values, tmp_path / "a.png"))
    assert photo[0, :, 1].tolist() == [0, 0, 1, 255]


def test_a_truncated_photo_is_refused(tmp_path):
    path = saved(picture(size=(64, 64)), tmp_path / "a.jpg")
    path.write_bytes(path.read_bytes()[:-700])
    with pytest.raises(FormatError, match=r"a\.jpg: the file is cut off or damaged .*get it anew"):
        read_photo(path)


def test_a_file_that_is_no_picture_is_refused(tmp_path):
    (tmp_path / "a.png").write_text("<html>404</html>")
    with pytest.raises(FormatError, match="not a picture in a format that Pillow reads"):
        read_photo(tmp_path / "a.png")


def test_a_picture_of_several_frames_is_refused(tmp_path):
    frames = [picture("P", seed=seed) for seed in range(3)]
    path = saved(frames[0], tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    with pytest.raises(FormatError, match="one picture was wanted, got 3 frames"):
        read_photo(path)


def test_floats_of_unknown_range_are_refused(tmp_path):
    with pytest.raises(FormatError, match="floats of an unknown range"):
        read_photo(saved(picture("F"), tmp_path / "a.tif"))


def test_a_picture_large_enough_to_fill_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    with pytest.raises(FormatError, match="too large to open safely"):
        read_photo(saved(picture(), tmp_path / "a.png"))


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".jpg"])
def test_a_mask_of_black_and_white_is_read_from_any_format(suffix, tmp_path):
    values = np.kron(np.array([[0, 255], [255, 0]]), np.ones((8, 8))).astype(np.uint8)
    mask = read_mask(saved_array(values, tmp_path / f"a{suffix}"))
    np.testing.assert_array_equal(mask, values > 127)


def test_a_mask_of_one_bit_is_read_under_any_reading(mask_values, tmp_path):
    path = saved_array(mask_values > 0, tmp_path / "a.png")
    for foreground in ("half", "nonzero", "classes"):
        np.testing.assert_array_equal(read_mask(path, foreground), mask_values > 0)


def test_half_of_16_bits_is_half_of_65535(tmp_path):
    values = np.array([[0, 255, 32767, 32768, 65535]], np.uint16)
    assert read_mask(saved_array(values, tmp_path / "a.png")).tolist() == [[0, 0, 0, 1, 1]]


def test_objects_numbered_in_16_bits_are_foreground(tmp_path):
    values = np.array([[0, 1, 700, 0]], np.uint16)
    path = saved_array(values, tmp_path / "a.png")
    assert read_mask(path, "nonzero").tolist() == [[0, 1, 1, 0]]
    with pytest.raises(FormatError, match="classes must be 0 to 255, got 700"):
        read_mask(path, "classes")


def test_a_colour_palette_numbers_classes_as_in_pascal_voc(tmp_path):
    image = Image.fromarray(np.array([[0, 1, 15, 255]], np.uint8), "P")
    palette = np.random.default_rng(0).integers(0, 256, (256, 3))
    palette[15] = [192, 128, 128]
    image.putpalette(palette.astype(np.uint8).tobytes())
    path = saved(image, tmp_path / "a.png")
    assert read_mask(path, "classes").tolist() == [[0, 1, 15, 255]]


def test_a_grey_palette_is_read_as_grey(tmp_path):
    image = Image.fromarray(np.array([[0, 1, 1, 0]], np.uint8), "P")
    image.putpalette([255, 255, 255, 0, 0, 0])  # number 0 is white
    assert read_mask(saved(image, tmp_path / "a.png")).tolist() == [[1, 0, 0, 1]]


def test_a_grey_mask_saved_in_colour_is_read(mask_values, tmp_path):
    path = saved(Image.fromarray(mask_values).convert("RGB"), tmp_path / "a.png")
    np.testing.assert_array_equal(read_mask(path), mask_values > 0)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_a_cut_out_of_one_colour_is_read_by_its_transparency(mode, mask_values, tmp_path):
    image = Image.new("RGBA", (4, 3), "black")
    image.putalpha(Image.fromarray(mask_values))
    np.testing.assert_array_equal(
        read_mask(saved(image.convert(mode), tmp_path / "a.png")), mask_values > 0
    )


def test_an_opaque_mask_is_read_by_its_grey(mask_values, tmp_path):
    path = saved(Image.fromarray(mask_values).convert("RGBA"), tmp_path / "a.png")
    np.testing.assert_array_equal(read_mask(path), mask_values > 0)


def test_a_mask_is_turned_by_exif_too(mask_values, tmp_path):
    path = saved_array(mask_values, tmp_path / "a.png", exif=exif_of(ROTATED))
    np.testing.assert_array_equal(read_mask(path), np.rot90(mask_values > 0, k=-1))


def cut_out(values):
    image = picture("RGBA")
    image.putalpha(Image.fromarray(values))
    return image


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (lambda values: picture("RGB"), "the mask is in colour"),
        (cut_out, "both the colours and the transparency of this mask vary"),
        (lambda values: picture("CMYK"), "a mask can't be in CMYK"),
        (lambda values: Image.fromarray(values // 255 * 3), "values go up to 3 of 255 only"),
    ],
)
def test_a_mask_that_can_be_read_in_several_ways_is_refused(image, message, mask_values, tmp_path):
    path = saved(image(mask_values), tmp_path / "a.tif")
    with pytest.raises(FormatError, match=message):
        read_mask(path)


def test_the_faint_noise_of_a_jpeg_without_objects_is_background(tmp_path):
    values = np.random.default_rng(0).integers(0, 9, (16, 16)).astype(np.uint8)
    assert not read_mask(saved_array(values, tmp_path / "a.jpg")).any()


@pytest.fixture
def folders(tmp_path, mask_values):
    """Two photos, b and a, with masks; and files that are no photos."""
    images, masks = tmp_path / "images", tmp_path / "masks"
    images.mkdir()
    masks.mkdir()
    saved(picture(seed=1), images / "b.PNG")
    saved(picture(seed=2), images / "a.bmp")
    saved_array(mask_values, masks / "b.png")
    saved_array(255 - mask_values, masks / "a.tif")
    (images / ".hidden.png").touch()
    (images / "notes.txt").touch()
    return images, masks


def test_photos_and_masks_of_one_stem_are_pairs_whatever_their_formats(folders, mask_values):
    dataset = PhotosDataset(*folders)
    assert dataset.stems == ["a", "b"]
    image, mask = dataset[1]
    np.testing.assert_array_equal(image, np.asarray(picture(seed=1)))
    np.testing.assert_array_equal(mask, mask_values > 0)


def test_transforms_make_the_item(folders):
    dataset = PhotosDataset(*folders, lambda image, mask: (image.shape, mask.sum()))
    assert dataset[0] == ((3, 4, 3), 7)


def test_a_suffix_of_masks_is_passed_over(folders):
    for file in folders[1].iterdir():
        file.rename(file.with_stem(f"{file.stem}_mask"))
    assert len(PhotosDataset(*folders, mask_suffix="_mask")) == 2


def test_names_without_a_partner_are_all_told(folders):
    saved(picture(), folders[0] / "c.png")
    saved(picture(), folders[1] / "d.png")
    with pytest.raises(FormatError) as error:
        PhotosDataset(*folders)
    assert str(error.value).splitlines() == [
        f"{folders[1]}: nothing for c",
        f"{folders[0]}: nothing for d",
    ]


def test_two_photos_of_one_stem_are_refused(folders):
    saved(picture(), folders[0] / "a.jpg")
    with pytest.raises(FormatError, match=r"a\.bmp and a\.jpg have the same stem; keep one"):
        PhotosDataset(*folders)


def test_a_mask_drawn_before_the_photo_was_turned_is_refused(folders):
    saved(picture(), folders[0] / "b.PNG", exif=exif_of(ROTATED))
    with pytest.raises(FormatError, match="upright, 3×4, got 4×3; was it drawn before"):
        PhotosDataset(*folders)[1]


def test_folders_that_are_missing_or_empty_are_told(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingData, match="a folder was wanted, there is none"):
        PhotosDataset(tmp_path / "nowhere", tmp_path)
    with pytest.raises(MissingData, match="there are no pictures here"):
        PhotosDataset(tmp_path / "empty", tmp_path / "empty")
