"""Data sets by name; MNIST's layout from files made here; Fashion-MNIST where it is installed."""

import gzip
import hashlib
import struct
from dataclasses import replace

import numpy as np
import pytest

from praktikum.data import IMAGE_DATASETS, open_images
from praktikum.data.errors import BrokenFile, DataError, FormatError, MissingData
from praktikum.data.mnist import FASHION_MNIST, MNIST, open_idx

ARRAYS = (
    np.arange(20, dtype=np.uint8).reshape(5, 2, 2),
    np.array([3, 1, 4, 1, 5], np.uint8),
    np.arange(8, dtype=np.uint8).reshape(2, 2, 2),
    np.array([9, 2], np.uint8),
)


def idx(array):
    return struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def made_up(folder, arrays=ARRAYS):
    """Write a data set of MNIST's layout and return its description."""
    files = []
    for file, array in zip(MNIST.files, arrays, strict=True):
        content = idx(array)
        (folder / file.name).write_bytes(gzip.compress(content))
        digest = hashlib.sha256(content).hexdigest()
        files.append(replace(file, size=len(content), sha256=digest))
    return replace(MNIST, files=tuple(files))


def test_four_files_make_pictures_with_one_channel_and_their_labels(tmp_path):
    splits = open_idx(made_up(tmp_path), tmp_path)
    np.testing.assert_array_equal(splits.train.images[:, 0], ARRAYS[0])
    np.testing.assert_array_equal(splits.train.labels, ARRAYS[1])
    np.testing.assert_array_equal(splits.test.images[:, 0], ARRAYS[2])
    np.testing.assert_array_equal(splits.test.labels, ARRAYS[3])


def test_the_package_of_the_system_comes_before_the_folder(tmp_path):
    installed, folder = tmp_path / "installed", tmp_path / "folder"
    installed.mkdir()
    dataset = replace(made_up(installed), installed=installed)
    assert len(open_idx(dataset, folder).train) == 5
    assert not folder.exists()


def test_pictures_in_place_of_labels_are_refused(tmp_path):
    dataset = made_up(tmp_path, (ARRAYS[1], ARRAYS[0], ARRAYS[2], ARRAYS[3]))
    with pytest.raises(FormatError, match=r"wanted pictures of bytes \(n, height, width\)"):
        open_idx(dataset, tmp_path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mnist", r"train-images-idx3-ubyte.gz is not in .*'digits' .* \(download=true\)"),
        ("cifar10", r"170 MB \(download=true\)"),
    ],
)
def test_a_set_that_is_not_here_is_not_downloaded_unasked(name, said, tmp_path):
    with pytest.raises(MissingData, match=said):
        open_images(name, tmp_path)
    assert not (tmp_path / name).exists()


def test_a_missing_package_is_named(tmp_path):
    dataset = replace(FASHION_MNIST, installed=tmp_path)
    with pytest.raises(MissingData, match="sudo apt install dataset-fashion-mnist"):
        open_idx(dataset, tmp_path)


def test_a_file_of_that_name_with_other_pictures_is_not_read(tmp_path):
    made_up(tmp_path)
    with pytest.raises(BrokenFile, match="not the published train-images-idx3-ubyte.gz"):
        open_idx(MNIST, tmp_path)


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(
        DataError, match=f"no data set 'minst': there are {', '.join(IMAGE_DATASETS)}"
    ):
        open_images("minst")


@pytest.mark.skipif(
    not FASHION_MNIST.installed.is_dir(), reason="Debian's dataset-fashion-mnist is not installed"
)
def test_fashion_mnist_is_read_from_debians_package(tmp_path):
    train, test = open_images("fashion-mnist", tmp_path)
    assert train.images.shape == (60_000, 1, 28, 28)
    assert np.bincount(test.labels).tolist() == [1000] * 10
    assert train.images.mean() / 255 == pytest.approx(0.2860, abs=1e-4)  # as is widely published
    assert train.images.std() / 255 == pytest.approx(0.3530, abs=1e-4)
