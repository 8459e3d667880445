"""Checks of the exercises of seminar 5; every oracle goes another way than the solution does."""

import numpy as np
import torch
from skimage import measure
from sklearn.metrics import jaccard_score
from torch.nn import functional

from praktikum.checks import Expectation, check, close, equal

STEPS = ((3, 1, 0), (4, 2, 1), (2, 2, 0), (3, 2, 1), (5, 3, 2))  # kernel size, stride, padding


def transposed_case(
    rng: np.random.Generator,
) -> list[tuple[torch.Tensor, torch.Tensor, int, int]]:
    """An input (2, 3, 4, 5) and a kernel from 3 to 2 channels for each of STEPS."""
    return [
        (
            torch.from_numpy(rng.normal(size=(2, 3, 4, 5))),
            torch.from_numpy(rng.normal(size=(3, 2, size, size))),
            stride,
            padding,
        )
        for size, stride, padding in STEPS
    ]


@check(part="transposed")
def transposed_convolution(sub, rng):
    """
    ru: Результат тот же, что у ConvTranspose2d, при разных ядрах, шагах и отступах.
    en: The result is that of ConvTranspose2d for various kernels, strides and paddings.
    hint ru: Возьмите вход из одного пикселя: на выходе должно появиться само ядро, не повёрнутое.
    hint en: Take an input of one pixel: the kernel itself must come out, not turned.
    """
    outputs = [sub.transposed_convolution(*case) for case in transposed_case(rng)]
    return {f"case_{number}": output.numpy() for number, output in enumerate(outputs)}


@transposed_convolution.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # a transposed convolution is what carries gradients back through a plain one
    expected: dict[str, Expectation] = {}
    for number, (output_gradient, weight, stride, padding) in enumerate(transposed_case(rng)):
        size = weight.shape[-1]
        sides = [(side - 1) * stride + size - 2 * padding for side in output_gradient.shape[2:]]
        image = torch.zeros(2, 2, *sides, dtype=torch.float64, requires_grad=True)
        functional.conv2d(image, weight, stride=stride, padding=padding).backward(output_gradient)
        expected[f"case_{number}"] = close(image.grad.numpy(), atol=1e-10)
    return expected


def bilinear_case(rng: np.random.Generator) -> list[int]:
    """Four strides, even and odd."""
    return [2, 3, int(rng.integers(4, 6)), int(rng.integers(6, 9))]


@check(part="bilinear")
def bilinear_kernel(sub, rng):
    """
    ru: Ядра для чётных и нечётных шагов — те самые, которыми интерполируют.
    en: The kernels for even and odd strides are those that interpolate.
    hint ru: У чётного шага центр ядра — между пикселями, у нечётного — на пикселе.
    hint en: For an even stride the kernel's centre lies between pixels, for an odd one on a pixel.
    """
    kernels = [sub.bilinear_kernel(stride) for stride in bilinear_case(rng)]
    return {f"kernel_{number}": kernel.numpy() for number, kernel in enumerate(kernels)}


@bilinear_kernel.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # interpolation is linear, so its kernel is its answer to a single bright pixel
    impulse = torch.zeros(1, 1, 5, 5, dtype=torch.float64)
    impulse[..., 2, 2] = 1
    expected: dict[str, Expectation] = {}
    for number, stride in enumerate(bilinear_case(rng)):
        answer = functional.interpolate(impulse, scale_factor=stride, mode="bilinear")[0, 0]
        lit = answer[answer.any(dim=1)][:, answer.any(dim=0)]
        expected[f"kernel_{number}"] = close(lit.numpy(), dtype="float64")
    return expected


def sizes_case(rng: np.random.Generator) -> tuple[int, list[int], list[int], list[int]]:
    """An encoder of four convolutions and a picture that is large enough for it."""
    chosen = [STEPS[i] for i in rng.integers(0, len(STEPS), size=3)] + [(3, 2, 1)]
    kernels, strides, paddings = (list(column) for column in zip(*chosen, strict=True))
    return int(rng.integers(150, 300)), kernels, strides, paddings


@check(part="sizes")
def encoder_decoder_sizes(sub, rng):
    """
    ru: Размеры сходятся с настоящими свёртками, и декодер возвращает исходный.
    en: The sizes are those of real convolutions, and the decoder comes back to the first one.
    hint ru: output_padding — это остаток, который свёртка отбросила при делении на шаг.
    hint en: output_padding is the remainder that the convolution dropped when dividing by stride.
    """
    observed = {}
    size, *encoder = sizes_case(rng)
    for offset in range(4):
        sizes, output_paddings = sub.encoder_decoder_sizes(size + offset, *encoder)
        observed[f"sizes_{offset}"] = np.array(sizes)
        observed[f"output_paddings_{offset}"] = np.array(output_paddings)
    return observed


@encoder_decoder_sizes.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # torch counts: shapes on the meta device, and a search for the padding that fits
    size, *encoder = sizes_case(rng)
    steps = list(zip(*encoder, strict=True))
    expected: dict[str, Expectation] = {}
    for offset in range(4):
        signal = torch.empty(1, 1, size + offset, device="meta")
        sizes, fitting = [size + offset], []
        for kernel, stride, padding in steps:
            weight = torch.empty(1, 1, kernel, device="meta")
            signal = functional.conv1d(signal, weight, stride=stride, padding=padding)
            sizes.append(signal.shape[-1])
            back = (
                functional.conv_transpose1d(signal, weight, None, stride, padding, extra)
                for extra in range(stride)
            )
            fitting.append([line.shape[-1] for line in back].index(sizes[-2]))
        expected[f"sizes_{offset}"] = equal(sizes)
        expected[f"output_paddings_{offset}"] = equal(fitting[::-1])
    return expected


def classes_case(rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    """Batches of 4, 4 and 1 pictures with the classes 0, 1, 2 and 4 of 6, and some 255."""
    batches = []
    for size in (4, 4, 1):
        target = rng.choice([0, 1, 2, 4], p=[0.6, 0.25, 0.1, 0.05], size=(size, 9, 7))
        wrong = rng.random(target.shape) < 0.3
        predicted = np.where(wrong, rng.choice([0, 1, 2, 5], size=target.shape), target)
        target[rng.random(target.shape) < 0.1] = 255
        batches.append((predicted.astype(np.uint8), target.astype(np.uint8)))
    return batches


@check(part="class-iou")
def class_iou(sub, rng):
    """
    ru: IoU каждого класса посчитан по всем пикселям всех батчей.
    en: The IoU of each class is counted over all pixels of all batches.
    hint ru: Складывать по батчам нужно числа пикселей, а делить — один раз в конце.
    hint en: What is summed over batches are numbers of pixels; the division comes once, at the end.
    """
    return {"iou": sub.class_iou((pair for pair in classes_case(rng)), 6)}


@class_iou.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    batches = classes_case(rng)
    predicted = np.concatenate([pair[0].ravel() for pair in batches])
    target = np.concatenate([pair[1].ravel() for pair in batches])
    predicted, target = predicted[target != 255], target[target != 255]
    met = np.union1d(predicted, target)
    iou = np.full(6, np.nan)
    iou[met] = jaccard_score(target, predicted, labels=met, average=None)
    return {"iou": close(iou)}


def bce_case(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    """Logits (4, 6) and soft targets; in the first row both answers meet logits of ±1000."""
    logits = rng.normal(scale=4, size=(4, 6))
    target = (rng.random((4, 6)) < 0.3).astype(float)
    logits[0, :4], target[0, :4] = [1000, 1000, -1000, -1000], [0, 1, 0, 1]
    target[1] = rng.random(6)
    return logits, target, float(rng.uniform(2, 8))


@check(part="weighted-bce")
def weighted_bce(sub, rng):
    """
    ru: Значение верно и при умеренных логитах, и при ±1000.
    en: The value is right for moderate logits and for ±1000.
    hint ru: log σ(z) нельзя получить через σ(z): при больших |z| сигмоида уже 0 или 1.
    hint en: log σ(z) can't be had through σ(z): at large |z| the sigmoid already is 0 or 1.
    """
    logits, target, pos_weight = bce_case(rng)
    moderate = [torch.from_numpy(array[2:]) for array in (logits, target)]
    every = [torch.from_numpy(array) for array in (logits, target)]
    return {
        "moderate": sub.weighted_bce(*moderate, pos_weight).numpy(),
        "with_extremes": sub.weighted_bce(*every, pos_weight).numpy(),
    }


@weighted_bce.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    logits, target, pos_weight = bce_case(rng)
    return {
        "moderate": close(_torch_bce(logits[2:], target[2:], pos_weight).item()),
        "with_extremes": close(_torch_bce(logits, target, pos_weight).item()),
    }


@check(part="weighted-bce")
def weighted_bce_gradient(sub, rng):
    """
    ru: Градиент по логитам конечен и верен.
    en: The gradient by the logits is finite and right.
    hint ru: Где производная: вес есть у положительных пикселей, у отрицательных его нет.
    hint en: As to the derivative: positive pixels have the weight, negative ones don't.
    """
    logits, target, pos_weight = bce_case(rng)
    tensor = torch.from_numpy(logits).requires_grad_()
    sub.weighted_bce(tensor, torch.from_numpy(target), pos_weight).backward()
    return {"gradient": tensor.grad.numpy()}


@weighted_bce_gradient.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    logits, target, pos_weight = bce_case(rng)
    tensor = torch.from_numpy(logits).requires_grad_()
    _torch_bce(tensor, target, pos_weight).backward()
    return {"gradient": close(tensor.grad.numpy())}


def _torch_bce(
    logits: np.ndarray | torch.Tensor, target: np.ndarray, pos_weight: float
) -> torch.Tensor:
    return functional.binary_cross_entropy_with_logits(
        torch.as_tensor(logits),
        torch.from_numpy(target),
        pos_weight=torch.tensor(pos_weight, dtype=torch.float64),
    )


def component_case(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Noise with many pieces, two squares of one size, a chain of corners, and nothing."""
    squares = np.zeros((8, 12), bool)
    squares[1:4, 7:10] = squares[4:7, 1:4] = True
    corners = np.zeros((9, 12), bool)
    corners[np.arange(8), np.arange(8)] = True
    corners[6:8, 0:3] = True
    return {
        "noise": rng.random((20, 24)) < 0.35,
        "equal_squares": squares,
        "corners": np.roll(corners, int(rng.integers(0, 4)), axis=1),
        "empty": np.zeros((4, 5), bool),
    }


@check(part="component")
def largest_component(sub, rng):
    """
    ru: Остаётся только самый большой кусок, а пустая маска остаётся пустой.
    en: Only the largest piece is left, and an empty mask stays empty.
    hint ru: Фон — тоже «метка», и обычно самая большая; соседей у пикселя восемь.
    hint en: The background is a “label” too, and mostly the largest; a pixel has eight neighbours.
    """
    observed = {}
    for name, mask in component_case(rng).items():
        before = mask.copy()
        observed[name] = np.asarray(sub.largest_component(mask)).astype(bool)
        observed[f"{name}_unchanged"] = np.array_equal(mask, before)
    return observed


@largest_component.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    expected: dict[str, Expectation] = {}
    for name, mask in component_case(rng).items():
        pieces = measure.regionprops(measure.label(mask, connectivity=2))
        kept = np.zeros_like(mask)
        if pieces:
            # `max` takes the first of equals, and pieces are numbered row by row
            kept[tuple(max(pieces, key=lambda piece: piece.area).coords.T)] = True
        expected[name], expected[f"{name}_unchanged"] = equal(kept), equal(True)
    return expected


def tiles_case(rng: np.random.Generator) -> list[tuple[np.ndarray, int, int]]:
    """Pictures whose sides are a multiple of the step, are not, and a single tile."""
    shapes = [((20, 26), 8, 2), ((21, int(rng.integers(17, 24))), 7, 3), ((9, 12), 4, 0)]
    shapes.append(((6, 6), 6, 2))
    return [(rng.normal(size=shape), tile, overlap) for shape, tile, overlap in shapes]


def uneven(tile: np.ndarray) -> np.ndarray:
    """A “network” whose answer depends on where in the tile a pixel lies."""
    row, column = np.indices(tile.shape)
    return tile * (1 + row) + column**2


@check(part="tiles")
def predict_by_tiles(sub, rng):
    """
    ru: Каждый пиксель предсказан, на перекрытиях взято среднее, лишних вызовов нет.
    en: Every pixel is predicted, overlaps are averaged, and no call is superfluous.
    hint ru: Последняя плитка прижата к краю; если она совпала с обычной, второй раз её не считают.
    hint en: The last tile is pushed to the edge; where it is a regular one, it isn't counted twice.
    """
    observed = {}
    for number, (image, tile, overlap) in enumerate(tiles_case(rng)):
        shapes = []

        def predict(part, shapes=shapes):
            shapes.append(part.shape)
            return uneven(part)

        observed[f"picture_{number}"] = sub.predict_by_tiles(predict, image, tile, overlap)
        observed[f"tiles_{number}"] = np.array(shapes)
    return observed


@predict_by_tiles.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # from the pixel's side: who sees me, and as what?
    expected: dict[str, Expectation] = {}
    for number, (image, tile, overlap) in enumerate(tiles_case(rng)):
        starts = [
            [at for at in range(side - tile + 1) if at % (tile - overlap) == 0 or at == side - tile]
            for side in image.shape
        ]
        mean = np.empty(image.shape)
        for i, j in np.ndindex(image.shape):
            rows = np.array([i - top for top in starts[0] if top <= i < top + tile])
            columns = np.array([j - left for left in starts[1] if left <= j < left + tile])
            mean[i, j] = image[i, j] * (1 + rows.mean()) + np.mean(columns**2)
        expected[f"picture_{number}"] = close(mean)
        n_tiles = len(starts[0]) * len(starts[1])
        expected[f"tiles_{number}"] = equal(np.full((n_tiles, 2), tile))
    return expected
