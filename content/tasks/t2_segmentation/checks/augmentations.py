"""Checks of augmentations: what they do to an image and its mask, how often, and to what not.

The oracles: pixels that carry the numbers of their row and column, and the binomial law.
"""

import numpy as np

from praktikum.checks import between, check, close, equal
from praktikum.vision.errors import ShapeError


def pair_case(rng, height=7, width=9):
    """Return an image whose pixels carry row, column and noise, and a mask that numbers them."""
    rows, columns = np.indices((height, width))
    noise = rng.integers(256, size=(height, width))
    image = np.stack([rows, columns, noise], axis=-1).astype(np.uint8)
    return image, (rows * width + columns).astype(np.uint8)


def object_case(rng, height=6, width=8):
    """Return an image and a mask of zeros and ones."""
    image = rng.integers(256, size=(height, width, 3), dtype=np.uint8)
    mask = rng.integers(2, size=(height, width), dtype=np.uint8)
    mask[0, :2] = 0, 1
    return image, mask


@check(part="augmentations", points="0.1")
def flip_of_pair(sub, rng):
    """
    ru: Отражение меняет лево и право и у изображения, и у маски.
    en: The flip swaps left and right, of the image and of the mask.
    hint ru: Оси массива — высота, ширина, каналы.
    hint en: The axes of the array are height, width, channels.
    """
    image, mask = sub.HorizontalFlip(p=1.0)(*pair_case(rng), rng)
    return {"image": image, "mask": mask}


@flip_of_pair.expects
def _(rng):
    image, mask = pair_case(rng)
    columns = np.arange(8, -1, -1)
    return {"image": equal(image[:, columns]), "mask": equal(mask[:, columns])}


@check(part="augmentations", points="0.2")
def crop_keeps_pairs(sub, rng):
    """
    ru: Вырезка нужного размера, из соседних пикселей, маска — из того же места.
    en: The crop has the wanted size and adjoining pixels, the mask is of the same place.
    hint ru: Координаты угла разыгрываются один раз на пару.
    hint en: The corner is drawn once for the pair.
    """
    image, mask = sub.RandomCrop(4, 3)(*pair_case(rng), rng)
    whole, _ = sub.RandomCrop(7, 9)(*pair_case(rng), rng)
    image = image.astype(int)
    return {
        "rows from the first": image[..., 0] - image[:1, :1, 0],
        "columns from the first": image[..., 1] - image[:1, :1, 1],
        "mask against the image": mask - (9 * image[..., 0] + image[..., 1]),
        "size of a crop as large as the image": whole.shape,
    }


@crop_keeps_pairs.expects
def _(rng):
    del rng
    rows, columns = np.indices((4, 3))
    return {
        "rows from the first": equal(rows),
        "columns from the first": equal(columns),
        "mask against the image": equal(np.zeros((4, 3), int)),
        "size of a crop as large as the image": equal([7, 9, 3]),
    }


@check(part="augmentations", points="0.2", needs=["crop_keeps_pairs"])
def crop_from_anywhere(sub, rng):
    """
    ru: Место вырезки равномерно, крайние места встречаются; слишком большая вырезка — ошибка.
    en: The place of the crop is uniform, the outermost ones included; too large a crop is an error.
    hint ru: Сколько мест есть у отрезка длины 3 в отрезке длины 5?
    hint en: How many places has a piece of length 3 in one of length 5?
    """
    crop, (image, mask) = sub.RandomCrop(4, 3), pair_case(rng, height=6, width=5)
    counts = np.zeros((3, 3), int)
    for _ in range(900):
        corner, _ = crop(image, mask, rng)
        counts[corner[0, 0, 0], corner[0, 0, 1]] += 1
    try:
        sub.RandomCrop(7, 3)(image, mask, rng)
        too_large = "no error"
    except ShapeError:
        too_large = "ShapeError"
    return {"crops from each place": counts, "of more rows than there are": too_large}


@crop_from_anywhere.expects
def _(rng):
    del rng
    return {
        "crops from each place": between(45, 160, shape=(3, 3)),  # 100 ± 6 deviations
        "of more rows than there are": equal("ShapeError"),
    }


@check(part="augmentations", points="0.25")
def brightness_shifts(sub, rng):
    """
    ru: Ко всем каналам прибавлено одно число, результат обрезан до 0…255, маска не тронута.
    en: One number is added to all channels, the result is cut to 0…255, the mask is left alone.
    hint ru: 250 + 10 в байтах — это 4.
    hint en: In bytes 250 + 10 is 4.
    """
    limit = float(rng.uniform(0.2, 0.4))
    image = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(1, 256, 3)
    mask = rng.integers(2, size=(1, 256), dtype=np.uint8)
    brighter = [sub.Brightness(limit, p=1.0)(image, mask, rng) for _ in range(150)]
    levels = np.array([new[0] for new, _ in brighter], int)  # (150, 256, 3)
    shifts = levels[:, 128, 0] - 128
    return {
        "steps between levels": np.diff(levels, axis=1),
        "spread over channels": np.ptp(levels, axis=2),
        "black, apart from the shift": levels[:, 0, 0] - shifts.clip(min=0),
        "white, apart from the shift": levels[:, 255, 0] - 255 - shifts.clip(max=0),
        "largest shift by the limit": shifts.max() / (255 * limit),
        "smallest shift by the limit": shifts.min() / (255 * limit),
        "masks": np.array([new_mask for _, new_mask in brighter]),
        "dtype": str(brighter[0][0].dtype),
    }


@brightness_shifts.expects
def _(rng):
    rng.uniform(0.2, 0.4)
    mask = rng.integers(2, size=(1, 256), dtype=np.uint8)
    return {
        "steps between levels": between(0, 1, shape=(150, 255, 3)),
        "spread over channels": equal(np.zeros((150, 256), int)),
        "black, apart from the shift": close(np.zeros(150), atol=1),
        "white, apart from the shift": close(np.zeros(150), atol=1),
        "largest shift by the limit": between(0.85, 1.02),
        "smallest shift by the limit": between(-1.02, -0.85),
        "masks": equal(np.stack([mask] * 150)),
        "dtype": equal("uint8"),
    }


@check(part="augmentations", points="0.25")
def background_replaced(sub, rng):
    """
    ru: Объект остался на месте, вне маски — один из фонов, выбранный случайно.
    en: The object stays in its place, outside of the mask is one of the backgrounds, at random.
    hint ru: Маска двумерна, изображение трёхмерно. Фон бывает другого размера.
    hint en: The mask has two axes, the image three. A background may be of another size.
    """
    image, mask = object_case(rng)
    scene = rng.integers(256, size=image.shape, dtype=np.uint8)
    replaced, same_mask = sub.BackgroundReplacement([scene], p=1.0)(image, mask, rng)
    plain = [np.full((11, 5, 3), colour, np.uint8) for colour in (10, 20, 30)]
    augmentation = sub.BackgroundReplacement(plain, p=1.0)
    results = np.array([augmentation(image, mask, rng)[0] for _ in range(90)])
    return {
        "image": replaced,
        "mask": same_mask,
        "object": results[:, mask == 1],
        "colours of backgrounds": np.unique(results[:, mask == 0]),
        "backgrounds of one image": np.ptp(results[:, mask == 0].reshape(90, -1), axis=1).max(),
    }


@background_replaced.expects
def _(rng):
    image, mask = object_case(rng)
    scene = rng.integers(256, size=image.shape, dtype=np.uint8)
    return {
        "image": equal(np.where(np.repeat(mask[..., None], 3, axis=-1), image, scene)),
        "mask": equal(mask),
        "object": equal(np.stack([image[mask == 1]] * 90)),
        "colours of backgrounds": equal(np.array([10, 20, 30], np.uint8)),
        "backgrounds of one image": equal(np.uint8(0)),
    }


@check(part="augmentations", points="0.1")
def compose_in_order(sub, rng):
    """
    ru: Compose применяет шаги по порядку к результату предыдущего, с тем же генератором.
    en: Compose applies the steps in order, each to the result of the last, with one generator.
    hint ru: Что обещает docstring о маске другого размера?
    hint en: What does the docstring promise about a mask of another size?
    """
    image, mask = object_case(rng)
    image //= 4

    def added(image, mask, generator):
        return image + np.uint8(3), mask + np.uint8(generator is rng)

    def doubled(image, mask, _generator):
        return image * np.uint8(2), mask * np.uint8(2)

    new_image, new_mask = sub.Compose([added, doubled])(image, mask, rng)
    try:
        sub.Compose([])(image, mask[1:], rng)
        two_sizes = "no error"
    except ShapeError:
        two_sizes = "ShapeError"
    return {"image": new_image, "mask": new_mask, "two sizes": two_sizes}


@compose_in_order.expects
def _(rng):
    image, mask = object_case(rng)
    return {
        "image": equal((image // 4 + 3) * np.uint8(2)),
        "mask": equal((mask + 1) * np.uint8(2)),
        "two sizes": equal("ShapeError"),
    }


def augmentations(sub, p):
    """Return one augmentation of each kind, such that its work shows on any image."""
    return {
        "HorizontalFlip": sub.HorizontalFlip(p),
        "RandomCrop": sub.RandomCrop(5, 6, p),
        "Brightness": sub.Brightness(0.9, p),
        "BackgroundReplacement": sub.BackgroundReplacement([np.full((6, 8, 3), 77, np.uint8)], p),
    }


@check(part="augmentations", points="0.3")
def augmentations_with_probability(sub, rng):
    """
    ru: Каждое преобразование срабатывает с вероятностью p, при p = 0 никогда, при p = 1 всегда.
    en: Each augmentation acts with probability p, never for p = 0, always for p = 1.
    hint ru: rng.random() лежит в [0, 1).
    hint en: rng.random() lies in [0, 1).
    """
    p = float(rng.uniform(0.25, 0.4))
    image, mask = object_case(rng)
    shares = {}
    for chance in (0.0, p, 1.0):
        for name, augmentation in augmentations(sub, chance).items():
            changed = [augmentation(image, mask, rng)[0] for _ in range(400)]
            label = f"{name}, p = {'p' if chance == p else int(chance)}"
            shares[label] = np.mean([not np.array_equal(new, image) for new in changed])
    return shares


@augmentations_with_probability.expects
def _(rng):
    p = float(rng.uniform(0.25, 0.4))
    spread = 6 * np.sqrt(p * (1 - p) / 400)
    names = ("HorizontalFlip", "RandomCrop", "Brightness", "BackgroundReplacement")
    return (
        {f"{name}, p = 0": equal(0.0) for name in names}
        | {f"{name}, p = p": between(p - spread, p + spread) for name in names}
        | {f"{name}, p = 1": between(0.97, 1) for name in names}  # a shift may be drawn as 0
    )


@check(part="augmentations", points="0.1")
def augmentations_leave_arguments(sub, rng):
    """
    ru: Пришедшие массивы не испорчены, случайность — только из rng.
    en: The arrays that come in are not spoilt, and chance comes from rng alone.
    hint ru: Операции вида x += … и x[…] = … меняют чужой массив; np.random и torch.rand — не rng.
    hint en: x += … and x[…] = … change somebody else's array; np.random and torch.rand are not rng.
    """
    image, mask = object_case(rng)
    seed = int(rng.integers(2**31))
    observed = {}
    for name, augmentation in augmentations(sub, 0.5).items():
        once, again = (np.random.default_rng(seed) for _ in range(2))
        observed[f"{name} repeats itself"] = all(
            np.array_equal(first, second)
            for _ in range(20)
            for first, second in zip(
                augmentation(image, mask, once), augmentation(image, mask, again), strict=True
            )
        )
    return observed | {"image": image, "mask": mask}


@augmentations_leave_arguments.expects
def _(rng):
    image, mask = object_case(rng)
    names = ("HorizontalFlip", "RandomCrop", "Brightness", "BackgroundReplacement")
    return {f"{name} repeats itself": equal(True) for name in names} | {
        "image": equal(image),
        "mask": equal(mask),
    }
