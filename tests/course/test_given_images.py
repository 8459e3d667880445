"""Images to predict masks for: drawn again by who has the secret, and by nobody else."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from praktikum.course.build import build
from praktikum.course.content import Content
from praktikum.course.given import draw_given, read_sizes, sizes_of, write_given
from praktikum.course.given_images import write_masks
from praktikum.course.pack import PackError, open_pack, pack_unit
from praktikum.course.start import start
from praktikum.course.tables import CourseError
from praktikum.course.unit import Unit, read_unit

SEED = 2**100 + 7


@pytest.fixture
def altered(masked_unit: Unit, tmp_path: Path) -> Callable[[str, str, str], Unit]:
    """Return the unit after a change of one of its files."""

    def alter(name: str, old: str, new: str) -> Unit:
        folder = tmp_path / "altered"
        shutil.copytree(masked_unit.folder, folder)
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), "utf-8")
        return read_unit(folder)

    return alter


@pytest.fixture
def student(masked: Content, tmp_path: Path) -> Path:
    """What students are given of the task with masks."""
    build([masked.unit("t1")], masked.units.values(), "ru", tmp_path, lambda _unit: SEED)
    return tmp_path / "student"


def test_one_seed_draws_the_same_images_again(masked_unit: Unit) -> None:
    for one, again in zip(
        draw_given(masked_unit, SEED), draw_given(masked_unit, SEED), strict=True
    ):
        assert one.name == again.name
        np.testing.assert_array_equal(one.image, again.image)
        np.testing.assert_array_equal(one.truth, again.truth)


def test_another_seed_draws_others_under_other_names(masked_unit: Unit) -> None:
    one, other = draw_given(masked_unit, 1), draw_given(masked_unit, 2)
    assert not {each.name for each in one} & {each.name for each in other}
    assert not any(np.array_equal(a.image, b.image) for a, b in zip(one, other, strict=True))


def test_an_image_stays_when_more_are_given(
    masked_unit: Unit, altered: Callable[[str, str, str], Unit]
) -> None:
    fewer, more = (
        draw_given(unit, SEED)
        for unit in (masked_unit, altered("task.toml", "given = 6", "given = 9"))
    )
    assert len(more) == 9
    assert all(np.array_equal(a.image, b.image) for a, b in zip(fewer, more, strict=False))


def test_a_unit_that_wants_no_masks_has_no_images(toy_unit: Unit) -> None:
    assert draw_given(toy_unit, SEED) == ()


def test_the_students_pack_holds_the_images_and_says_how_large_masks_must_be(
    masked_unit: Unit, student: Path
) -> None:
    given = draw_given(masked_unit, SEED)
    for one in given:
        with Image.open(student / "task1.checks" / "given" / one.name) as image:
            np.testing.assert_array_equal(np.asarray(image), one.image)
    assert open_pack(student / "task1.checks").given == sizes_of(given)
    assert set(sizes_of(given).values()) == {(12, 10)}


def test_no_file_for_students_holds_a_true_mask_or_the_seed(
    masked_unit: Unit, student: Path
) -> None:
    files = {path: path.read_bytes() for path in student.rglob("*") if path.is_file()}
    for one in draw_given(masked_unit, SEED):
        for secret in (one.truth.tobytes(), (255 * one.truth).tobytes()):
            assert not [path for path, content in files.items() if secret in content]
    for secret in (str(SEED).encode(), b"Rectangles on noise"):
        assert not [path for path, content in files.items() if secret in content]
    assert len([path for path in files if path.suffix == ".png"]) == masked_unit.given


def test_start_lays_the_images_beside_the_notebook_too(masked_unit: Unit, tmp_path: Path) -> None:
    start(masked_unit, "ru", tmp_path, lambda _unit: SEED)
    expected = sizes_of(draw_given(masked_unit, SEED))
    assert read_sizes(tmp_path / "task1.checks" / "given") == expected


def test_a_pack_that_lost_an_image_says_so(student: Path) -> None:
    next((student / "task1.checks" / "given").iterdir()).unlink()
    with pytest.raises(PackError, match="of 6 given files 5 are there.*fetch it again"):
        open_pack(student / "task1.checks")


def test_the_digest_covers_what_draws_the_images(
    masked_unit: Unit, altered: Callable[[str, str, str], Unit]
) -> None:
    changed = altered("predictions.py", "(0, 8)", "(1, 8)")
    assert pack_unit(changed).digest != pack_unit(masked_unit).digest


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("def picture", "def drawing", "wanted a function picture(rng), there is none"),
        ("return image, mask", "return image, 255 * mask", "a mask (height, width) of 0 and 1"),
        ("return image, mask", "return image[1:], mask", "got uint8 (11, 10, 3) and uint8 (12, 10"),
        ("return image, mask", "return image / 2, mask", "got float64 (12, 10, 3)"),
    ],
)
def test_an_authors_mistake_in_drawing_is_told(
    altered: Callable[[str, str, str], Unit], old: str, new: str, said: str
) -> None:
    with pytest.raises(CourseError) as caught:
        draw_given(altered("predictions.py", old, new), SEED)
    assert said in str(caught.value)


def test_images_without_what_draws_them_are_refused(
    altered: Callable[[str, str, str], Unit],
) -> None:
    unit = altered("task.toml", "given", "given")
    (unit.folder / "predictions.py").unlink()
    with pytest.raises(CourseError, match=r"given: is 6, but there is no predictions\.py"):
        draw_given(unit, SEED)


def test_masks_are_written_as_a_student_writes_them(masked_unit: Unit, tmp_path: Path) -> None:
    truths = {one.name: one.truth for one in draw_given(masked_unit, SEED)}
    for path in (tmp_path / "masks.zip", tmp_path / "again.zip"):
        write_masks(truths, path)
    assert (tmp_path / "masks.zip").read_bytes() == (tmp_path / "again.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "masks.zip") as archive:
        for name, truth in truths.items():
            with archive.open(name) as file, Image.open(file) as mask:
                np.testing.assert_array_equal(np.asarray(mask), 255 * truth)


def test_what_is_no_picture_among_the_images_is_told(masked_unit: Unit, tmp_path: Path) -> None:
    write_given(draw_given(masked_unit, SEED), tmp_path)
    (tmp_path / "x.png").write_bytes(b"GIF89a")
    with pytest.raises(ValueError, match=r"x\.png is no PNG"):
        read_sizes(tmp_path)
