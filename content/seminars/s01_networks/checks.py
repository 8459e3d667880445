"""Checks of the exercises of seminar 1; every oracle goes another way than the solution does."""

from itertools import pairwise, product

import numpy as np
from scipy import optimize, signal

from praktikum.checks import Expectation, between, check, close, equal


def perceptron_case(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights (4, 3), twelve examples (12, 3) and their labels: some right, some wrong."""
    weights = rng.normal(size=(4, 3))
    examples = rng.normal(size=(12, 3))
    labels = rng.integers(0, 4, size=12)
    labels[:3] = np.argmax(examples[:3] @ weights.T, axis=1)
    return weights, examples, labels


@check(part="perceptron")
def multiclass_update(sub, rng):
    """
    ru: Строки правильного и названного классов сдвигаются, остальные стоят; верный ответ ничего не
    меняет.
    en: The rows of the right and of the named class move, the others stay; a right answer changes
    nothing.
    hint ru: На верно классифицированном примере веса не меняются, а на ошибке меняются две строки.
    hint en: A right answer leaves the weights alone; a mistake changes two rows.
    """
    weights, examples, labels = perceptron_case(rng)
    before = weights.copy()
    updates = [
        sub.multiclass_update(weights, x, int(label))
        for x, label in zip(examples, labels, strict=True)
    ]
    return {"updates": updates, "argument_is_unchanged": np.array_equal(weights, before)}


@multiclass_update.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # the rule is a step of length 1 against the gradient of max(scores) − scores[label]
    weights, examples, labels = perceptron_case(rng)
    expected = []
    for x, label in zip(examples, labels, strict=True):

        def loss(flat: np.ndarray, x: np.ndarray = x, label: int = label) -> float:
            scores = flat.reshape(weights.shape) @ x
            return float(scores.max() - scores[label])

        gradient = optimize.approx_fprime(weights.ravel(), loss)
        expected.append(weights - gradient.reshape(weights.shape))
    return {
        "updates": close(np.array(expected), rtol=0, atol=1e-5),
        "argument_is_unchanged": equal(True),
    }


def parity_case(rng: np.random.Generator) -> int:
    return int(rng.integers(3, 7))


@check(part="parity")
def parity_network(sub, rng):
    """
    ru: Сеть из n нейронов вычисляет чётность точно на всех наборах из n битов.
    en: The network of n neurons computes parity exactly on all words of n bits.
    hint ru: Выход зависит только от числа единиц; нарисуйте нужную ломаную от 0 до n и её изломы.
    hint en: The output depends on the number of ones only; draw the broken line from 0 to n and its
    turns.
    """
    n_bits = parity_case(rng)
    W1, b1, w2, b2 = sub.parity_network(n_bits)
    words = np.array(list(product([0.0, 1.0], repeat=n_bits)))
    outputs = np.maximum(words @ np.asarray(W1).T + b1, 0) @ w2 + b2
    return {"hidden_weights_shape": np.shape(W1), "outputs": outputs}


@parity_network.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    n_bits = parity_case(rng)
    parity = np.array([word.bit_count() % 2 for word in range(2**n_bits)])
    return {
        "hidden_weights_shape": equal([n_bits, n_bits]),
        "outputs": close(parity, rtol=0, atol=1e-9),
    }


def interpolation_case(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Seven uneven knots, values at them, and points that reach beyond both ends."""
    knots = rng.uniform(-1, 1) + np.cumsum(rng.uniform(0.2, 0.8, size=7))
    return knots, rng.normal(size=7), np.linspace(knots[0] - 2, knots[-1] + 2, 200)


@check(part="interpolation")
def interpolation_network(sub, rng):
    """
    ru: Сеть проходит через все точки, между ними линейна, а за краями постоянна.
    en: The network passes through all points, is linear between them and constant beyond the ends.
    hint ru: У каждого узла вес выхода равен изменению наклона; слева от первого и справа от
    последнего узла наклон 0.
    hint en: A knot's output weight is the change of slope there; before the first knot and after
    the last the slope is 0.
    """
    knots, values, points = interpolation_case(rng)
    w1, b1, w2, b2 = sub.interpolation_network(knots, values)
    return {"outputs": np.maximum(points[:, None] * w1 + b1, 0) @ w2 + b2}


@interpolation_network.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    knots, values, points = interpolation_case(rng)
    return {"outputs": close(np.interp(points, knots, values), rtol=0, atol=1e-8)}


def stack_case(
    rng: np.random.Generator,
) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Five inputs for three networks of the sizes 4, 6, 5, 2."""
    sizes = [4, 6, 5, 2]
    weights = [rng.normal(size=(3, n, m)) for m, n in pairwise(sizes)]
    biases = [rng.normal(size=(3, n)) for n in sizes[1:]]
    return rng.normal(size=(5, 4)), weights, biases


@check(part="forward")
def forward_many(sub, rng):
    """
    ru: Каждая сеть стопки даёт на каждом объекте то же, что дала бы в одиночку.
    en: Every network of the stack gives on every example what it would give alone.
    hint ru: Смещение каждой сети нужно прибавить ко всем её объектам; после последнего слоя ReLU
    нет.
    hint en: A network's bias is added to all of its examples; there is no ReLU after the last
    layer.
    """
    x, weights, biases = stack_case(rng)
    return {"outputs": sub.forward_many(x, weights, biases)}


@forward_many.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    x, weights, biases = stack_case(rng)
    outputs = np.empty((3, 5, 2))
    for network, example in np.ndindex(3, 5):
        values = x[example].tolist()
        for layer in range(3):
            W, b = weights[layer][network], biases[layer][network]
            sums = [
                sum(w * s for w, s in zip(row, values, strict=True)) + c
                for row, c in zip(W, b, strict=True)
            ]
            values = [s if s > 0 or layer == 2 else 0.0 for s in sums]
        outputs[network, example] = values
    return {"outputs": close(outputs)}


def hessian_case(rng: np.random.Generator) -> np.ndarray:
    root = rng.normal(size=(4, 4))
    return root @ root.T + 0.5 * np.eye(4)


@check(part="descent")
def best_lr(sub, rng):
    """
    ru: Шаг сжимает расстояние до минимума в худшем случае сильнее любого другого, и множитель
    назван верно.
    en: The step shrinks the distance to the minimum, in the worst case, more than any other, and
    the factor is right.
    hint ru: Шаг α умножает компоненту вдоль собственного вектора на 1 − αλ; худшие из них — крайние
    λ.
    hint en: A step α multiplies the component along an eigenvector by 1 − αλ; the worst λ are the
    extreme ones.
    """
    lr, factor = sub.best_lr(hessian_case(rng))
    return {"lr": lr, "factor": factor}


@best_lr.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    hessian = hessian_case(rng)

    def factor(lr: float) -> float:
        return float(np.linalg.norm(np.eye(4) - lr * hessian, ord=2))

    # convex in lr, and above 1 beyond 2/‖H‖
    found = optimize.minimize_scalar(
        factor, bounds=(0, 2 / np.linalg.norm(hessian, ord=2)), options={"xatol": 1e-10}
    )
    return {"lr": close(found.x, rtol=1e-5), "factor": close(found.fun, rtol=1e-5)}


def adamw_case(rng: np.random.Generator) -> dict[str, object]:
    return {
        "start": rng.normal(size=4),
        "grads": rng.normal(size=(12, 4)) + 0.5,
        "lr": 0.1,
        "betas": (0.8, 0.95),
        "weight_decay": 0.3,
    }


@check(part="adamw")
def adamw_path(sub, rng):
    """
    ru: Веса после каждого из двенадцати шагов совпадают с весами AdamW.
    en: The weights after each of twelve steps are those of AdamW.
    hint ru: На первом шаге поправка на нулевое начало делает m̂ равным градиенту, а v̂ — его
    квадрату.
    hint en: In the first step the correction for the zero start makes m̂ the gradient and v̂ its
    square.
    """
    return {"path": sub.adamw_path(**adamw_case(rng))}


@adamw_path.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # all three recursions are linear filters; the corrected means are weighted averages
    case = adamw_case(rng)
    grads, lr, decay = case["grads"], case["lr"], case["weight_decay"]

    def average(values: np.ndarray, beta: float) -> np.ndarray:
        sums = signal.lfilter([1], [1, -beta], values, axis=0)
        weights = signal.lfilter([1], [1, -beta], np.ones(len(values)))
        return sums / weights[:, None]

    steps = average(grads, case["betas"][0])
    steps = steps / (np.sqrt(average(grads**2, case["betas"][1])) + 1e-8)
    shrink = 1 - lr * decay
    path, _ = signal.lfilter(
        [1], [1, -shrink], -lr * steps, axis=0, zi=shrink * case["start"][None]
    )
    return {"path": close(path)}


def gain_case(rng: np.random.Generator) -> tuple[float, float]:
    """The slope of a leaky ReLU and the frequency of a sine."""
    return float(rng.uniform(0.1, 0.6)), float(rng.uniform(0.5, 2))


@check(part="gain")
def gain(sub, rng):
    """
    ru: Множитель верен для ReLU, её протекающей родственницы, модуля и синуса.
    en: The gain is right for ReLU, its leaky relative, the absolute value and a sine.
    hint ru: Нужен второй момент E[φ(z)²], а не дисперсия: у ReLU среднее не равно нулю.
    hint en: It is the second moment E[φ(z)²] that is needed, not the variance: ReLU's mean is not
    zero.
    """
    slope, frequency = gain_case(rng)
    return {
        "relu": sub.gain(lambda z: np.maximum(z, 0)),
        "leaky_relu": sub.gain(lambda z: np.where(z > 0, z, slope * z)),
        "absolute_value": sub.gain(np.abs),
        "sine": sub.gain(lambda z: np.sin(frequency * z)),
    }


@gain.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # closed forms: half of the square each side of 0; E sin²(kz) = (1 − e^(−2k²)) / 2
    slope, frequency = gain_case(rng)
    return {
        "relu": close(np.sqrt(2), rtol=2e-3),
        "leaky_relu": close(np.sqrt(2 / (1 + slope**2)), rtol=2e-3),
        "absolute_value": close(1.0, rtol=2e-3),
        "sine": close(np.sqrt(2 / -np.expm1(-2 * frequency**2)), rtol=2e-3),
    }


def uniform_case(rng: np.random.Generator) -> tuple[int, int, float]:
    fan_in = int(rng.integers(300, 500))
    return fan_in, int(rng.integers(600, 900)), float(rng.uniform(0.8, 1.6))


@check(part="initialisation")
def scaled_uniform(sub, rng):
    """
    ru: Веса распределены равномерно с нужной дисперсией в каждом из трёх режимов.
    en: The weights are uniform with the right variance in each of the three modes.
    hint ru: Дисперсия U(−a, a) равна a²/3.
    hint en: The variance of U(−a, a) is a²/3.
    """
    fan_in, fan_out, scale = uniform_case(rng)
    found = {}
    for mode in ("forward", "backward", "both"):
        weights = np.asarray(sub.scaled_uniform(fan_in, fan_out, scale, mode, rng))
        found[f"{mode}_shape"] = weights.shape
        found[f"{mode}_variance"] = weights.var()
        found[f"{mode}_largest_in_deviations"] = np.abs(weights).max() / weights.std()
    return found


@scaled_uniform.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    fan_in, fan_out, scale = uniform_case(rng)
    counts = {"forward": fan_in, "backward": fan_out, "both": (fan_in + fan_out) / 2}
    expected: dict[str, Expectation] = {}
    for mode, n in counts.items():
        # a sample of 180,000 numbers or more: its variance is within 0.25% in one deviation
        expected[f"{mode}_shape"] = equal([fan_out, fan_in])
        expected[f"{mode}_variance"] = close(scale**2 / n, rtol=0.02)
        # a uniform variable never leaves √3 deviations, and fills them
        expected[f"{mode}_largest_in_deviations"] = between(1.70, 1.76)
    return expected
