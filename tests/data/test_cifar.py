"""CIFAR-10 in both of its archives, made here as their description says."""

import io
import pickle
import tarfile

import numpy as np
import pytest

from praktikum.data import cifar
from praktikum.data.cifar import open_cifar10, parse_binary_batch, parse_pickled_batch
from praktikum.data.errors import BrokenFile, FormatError, MissingData

MEMBERS = [f"data_batch_{number}" for number in range(1, 6)] + ["test_batch"]


@pytest.fixture
def pictures():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (12, 3072), np.uint8), rng.integers(0, 10, 12)


def binary(pixels, labels):
    return b"".join(bytes([c]) + row.tobytes() for c, row in zip(labels, pixels, strict=True))


def pickled(pixels, labels):
    batch = {b"data": pixels, b"labels": [int(label) for label in labels]}
    return pickle.dumps(batch, protocol=3)


def archive(contents):
    """Return a packed archive of files with these names."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return stream.getvalue()


BOTH = [
    pytest.param(binary, parse_binary_batch, "batches-bin", ".bin", id="binary"),
    pytest.param(pickled, parse_pickled_batch, "batches-py", "", id="pickled"),
]


@pytest.mark.parametrize(("write", "parse", "_folder", "_suffix"), BOTH)
def test_planes_are_red_green_blue_and_rows_go_down(write, parse, _folder, _suffix, pictures):
    pixels, labels = pictures
    batch = parse(write(pixels, labels), "batch")
    np.testing.assert_array_equal(batch.labels, labels)
    green_of_row_2_column_5 = pixels[7, 1024 + 2 * 32 + 5]
    assert batch.images[7, 1, 2, 5] == green_of_row_2_column_5


@pytest.mark.parametrize(("write", "parse", "folder", "suffix"), BOTH)
def test_an_archive_is_five_batches_to_train_on_and_one_to_test_on(
    write, parse, folder, suffix, pictures
):
    pixels, labels = pictures
    parts = {
        f"cifar-10-{folder}/{name}{suffix}": write(pixels[2 * i : 2 * i + 2], labels[2 * i :][:2])
        for i, name in enumerate(MEMBERS)
    }
    extra = {f"cifar-10-{folder}/readme.html": b"", "../outside": b"never written"}
    splits = cifar.read_archive(archive(parts | extra), folder, suffix, parse)
    np.testing.assert_array_equal(splits.train.images.reshape(10, -1), pixels[:10])
    np.testing.assert_array_equal(splits.test.labels, labels[10:])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"no archive", "the archive is broken", id="no archive"),
        pytest.param(archive({}), "no member cifar-10-batches-bin/data_batch_1.bin", id="empty"),
    ],
)
def test_a_wrong_archive_is_refused(content, said):
    with pytest.raises(FormatError, match=said):
        cifar.read_archive(content, "batches-bin", ".bin", parse_binary_batch)


@pytest.mark.parametrize(
    ("parse", "content", "said"),
    [
        (parse_binary_batch, b"\0" * 3072, "rows of 3073 bytes, came 3072"),
        (parse_binary_batch, b"", "came 0 bytes"),
        (parse_binary_batch, b"\x0a" + b"\0" * 3072, "a label from 0 to 9"),
        (parse_pickled_batch, pickle.dumps([1], 3), "pictures of 3072 bytes"),
        (parse_pickled_batch, pickle.dumps({b"data": b"x", b"labels": [1]}, 3), "3072 bytes"),
        (parse_pickled_batch, pickled(np.zeros((2, 3072), np.uint8), [1]), "each of 2 pictures"),
        (parse_pickled_batch, pickled(np.zeros((1, 3072), np.uint8), [11]), "from 11 to 11"),
    ],
)
def test_a_wrong_batch_is_refused(parse, content, said):
    with pytest.raises(FormatError, match=said):
        parse(content, "data_batch_1")


def test_without_the_archive_the_error_says_what_to_do(tmp_path):
    with pytest.raises(MissingData, match=r"cifar-10-binary.tar.gz .* \(download=true\)"):
        open_cifar10(tmp_path)


@pytest.mark.parametrize("name", ["cifar-10-binary.tar.gz", "cifar-10-python.tar.gz"])
def test_another_archive_of_that_name_is_not_read(name, tmp_path):
    (tmp_path / name).write_bytes(archive({}))
    with pytest.raises(BrokenFile, match=f"not the published {name}"):
        open_cifar10(tmp_path)
