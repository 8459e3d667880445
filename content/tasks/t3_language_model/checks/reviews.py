"""Checks of the dataset of reviews on small files, written and read in a folder of their own.

The oracle: the texts before they were saved.
"""

import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from praktikum.checks import check, equal
from praktikum.data.errors import DataError

KINDS = {"neg": (1, 2, 4), "pos": (7, 9, 10)}


def drawn_reviews(rng):
    """Return (number, stars, text) of reviews by part and kind; numbers have one to four digits."""
    reviews = {}
    for part in ("train", "test"):
        for kind, stars in KINDS.items():
            numbers = [int(rng.integers(10 * ten, 10 * ten + 10)) for ten in (0, 1, 99, 10)]
            reviews[part, kind] = [
                (number, int(rng.choice(stars)), f"{kind} № {number}: {rng.random()}")
                for number in numbers
            ]
    return reviews


@contextmanager
def folder_of(reviews, **other_files):
    """Give a folder with the reviews as files, and other files with their bytes."""
    with tempfile.TemporaryDirectory() as name:
        for (part, kind), each in reviews.items():
            folder = Path(name, part, kind)
            folder.mkdir(parents=True)
            for number, stars, text in each:
                (folder / f"{number}_{stars}.txt").write_text(text + "\n", "utf-8")
        for path, content in other_files.items():
            Path(name, "train", "pos", path.replace("__", ".")).write_bytes(content)
        yield Path(name)


@check(part="data", points="0.1")
def reviews_of_folder(sub, rng):
    """
    ru: Отзывы части идут по своим номерам, сначала отрицательные, и знают свой рейтинг.
    en: The reviews of a part go by their numbers, unfavourable ones first, and know their rating.
    hint ru: В имени файла — число звёзд, от 1 до 10. Что делают transforms?
    hint en: A file's name tells the stars, 1 to 10. What do transforms do?
    """
    with folder_of(drawn_reviews(rng)) as folder:
        dataset = sub.LargeMovieReviewDataset(folder, "test")
        upper = sub.LargeMovieReviewDataset(folder, transforms=str.upper)
        items = [dataset[index] for index in range(8)]
        return {
            "length": len(dataset),
            "texts": "|".join(text for text, _, _ in items),
            "ratings": [rating for _, rating, _ in items],
            "favourable": [favourable for _, _, favourable in items],
            "transformed": "|".join(upper[index][0] for index in range(8)),
        }


@reviews_of_folder.expects
def _(rng):
    reviews = drawn_reviews(rng)
    test, train = (
        sorted(reviews[part, "neg"]) + sorted(reviews[part, "pos"]) for part in ("test", "train")
    )
    return {
        "length": equal(8),
        "texts": equal("|".join(text for _, _, text in test)),
        "ratings": equal([stars - 1 for _, stars, _ in test]),
        "favourable": equal(np.arange(8) >= 4),
        "transformed": equal("|".join(text for _, _, text in train).upper()),
    }


@check(part="data", points="0.1", needs=["reviews_of_folder"])
def reviews_with_mistakes(sub, rng):
    """
    ru: О всех негодных файлах сказано сразу, в одной ошибке, по строке на файл.
    en: All files that won't do are told at once, in one error, a line for each.
    hint ru: Чтение копит ошибки в списке; кто о них скажет?
    hint en: Reading gathers mistakes in a list; who is to tell them?
    """
    good = drawn_reviews(rng)
    bad = {"noname__txt": b"good", "5_10__txt": b"", "6_3__txt": b"stars", "7_8__txt": b"\xff\xfe"}
    try:
        with folder_of(good, **bad) as folder:
            sub.LargeMovieReviewDataset(folder, "train")
        error, lines = "no error", []
    except DataError as refusal:
        error, lines = type(refusal).__name__, str(refusal).splitlines()
    return {"error": error, "lines": len(lines)}


@reviews_with_mistakes.expects
def _(rng):
    del rng
    return {"error": equal("FormatError"), "lines": equal(4)}
