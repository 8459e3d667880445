"""Checks of PhotosDataset on small files, written and read in a folder of their own.

The oracle: the arrays before they were saved.
"""

import numpy as np

from praktikum.checks import check, equal
from praktikum.data.errors import DataError

from .picture_files import STEMS, drawn_photos, folders_of, save_on_its_side


def items(dataset):
    observed = {"length": len(dataset)}
    for index in range(len(STEMS)):
        observed[f"photo {index}"], observed[f"mask {index}"] = dataset[index]
    return observed


def drawn_items(photos):
    expected = {"length": equal(len(STEMS))}
    for index, (_, (image, mask)) in enumerate(sorted(photos.items())):
        expected |= {f"photo {index}": equal(image), f"mask {index}": equal(mask)}
    return expected


@check(part="dataset", points="0.4")
def dataset_items(sub, rng):
    """
    ru: Фотографии и маски идут по порядку основ имён и читаются точно.
    en: Photos and masks come in the order of their stems and are read exactly.
    hint ru: Порядок файлов в папке случаен. Каких значений маска и сколько у неё осей?
    hint en: A folder's files come in any order. Which values has a mask, and how many axes?
    """
    with folders_of(drawn_photos(rng)) as (images_dir, target_dir):
        return items(sub.PhotosDataset(images_dir, target_dir))


@dataset_items.expects
def _(rng):
    return drawn_items(drawn_photos(rng))


@check(part="dataset", points="0.15", needs=["dataset_items"])
def dataset_pairs(sub, rng):
    """
    ru: Маска находится по основе имени: у неё может быть другой формат и приставка в конце.
    en: A mask is found by its stem: it may have another format and a suffix.
    hint ru: Два отсортированных списка файлов не обязаны соответствовать друг другу.
    hint en: Two sorted lists of files need not correspond to each other.
    """
    photos = drawn_photos(rng)
    with folders_of(photos, suffix="_mask", photo_format="bmp") as (images_dir, target_dir):
        return items(sub.PhotosDataset(images_dir, target_dir, mask_suffix="_mask"))


@dataset_pairs.expects
def _(rng):
    return drawn_items(drawn_photos(rng))


@check(part="dataset", points="0.1", needs=["dataset_items"])
def dataset_upright(sub, rng):
    """
    ru: Снимок, сделанный телефоном на боку, стоит прямо, а оттенки серого стали тремя каналами.
    en: A photo taken with the phone on its side is upright, and grey has become three channels.
    hint ru: Читать файлы умеют read_photo и read_mask.
    hint en: read_photo and read_mask know how to read files.
    """
    photos = drawn_photos(rng)
    turned, grey = photos["a"][0], photos["a1"][0][..., 0]
    with folders_of(photos | {"a1": (grey, photos["a1"][1])}) as (images_dir, target_dir):
        save_on_its_side(turned, images_dir / "a.png")
        dataset = sub.PhotosDataset(images_dir, target_dir)
        return {"turned": dataset[0][0], "grey": dataset[2][0]}


@dataset_upright.expects
def _(rng):
    photos = drawn_photos(rng)
    grey = photos["a1"][0][..., 0]
    return {"turned": equal(photos["a"][0]), "grey": equal(np.stack([grey] * 3, axis=-1))}


@check(part="dataset", points="0.1", needs=["dataset_items"])
def dataset_transforms(sub, rng):
    """
    ru: Элемент — то, что вернули transforms, вызванные от фотографии и маски.
    en: An item is what transforms return, called with the photo and the mask.
    """
    with folders_of(drawn_photos(rng)) as (images_dir, target_dir):
        dataset = sub.PhotosDataset(
            images_dir, target_dir, lambda image, mask: mask[..., None] * image
        )
        return {f"item {index}": dataset[index] for index in range(len(STEMS))}


@dataset_transforms.expects
def _(rng):
    photos = sorted(drawn_photos(rng).items())
    return {
        f"item {index}": equal(np.where(mask[..., None] == 1, image, 0))
        for index, (_, (image, mask)) in enumerate(photos)
    }


def refusal(action):
    """Return the name and the text of the library's error that an action raises."""
    try:
        action()
    except DataError as error:
        return type(error).__name__, str(error)
    return "no error", ""


@check(part="dataset", points="0.25", needs=["dataset_items"])
def dataset_refuses(sub, rng):
    """
    ru: Файл без пары, пара разного размера и пустая папка — ошибки, а не молчание.
    en: A file without its partner, a pair of two sizes and an empty folder are errors, not silence.
    hint ru: Какие исключения обещают docstring и что должно стоять в их тексте?
    hint en: Which exceptions do the docstrings promise, and what must their text name?
    """
    photos = drawn_photos(rng)
    image, mask = photos["b9"]
    observed = {}
    with folders_of(photos) as (images_dir, target_dir):
        (images_dir / "a-1.png").unlink()
        observed["without photo"], text = refusal(lambda: sub.PhotosDataset(images_dir, target_dir))
        observed["photo is named"] = "a-1" in text
    with folders_of(photos) as (images_dir, target_dir):
        (target_dir / "b10.png").unlink()
        observed["without mask"], text = refusal(lambda: sub.PhotosDataset(images_dir, target_dir))
        observed["mask is named"] = "b10" in text
    with folders_of(photos | {"b9": (image, mask[1:])}) as (images_dir, target_dir):
        dataset = sub.PhotosDataset(images_dir, target_dir)
        observed["two sizes"], text = refusal(lambda: dataset[4])
    with folders_of({}) as (images_dir, target_dir):
        observed["no pictures"], _ = refusal(lambda: sub.PhotosDataset(images_dir, target_dir))
    return observed


@dataset_refuses.expects
def _(rng):
    del rng
    return {
        "without photo": equal("FormatError"),
        "photo is named": equal(True),
        "without mask": equal("FormatError"),
        "mask is named": equal(True),
        "two sizes": equal("FormatError"),
        "no pictures": equal("MissingData"),
    }
