"""Checks of the exercises of seminar 2.

The oracle is automatic differentiation: the forward pass is written as it stands in the problem
and differentiated by the tape. Extreme inputs are held against limits, the adjoints of linear
operations against their matrices, and the memory of the Hessian's product against its inputs'.
"""

import tracemalloc

import numpy as np

from praktikum.checks import between, check, close, equal
from praktikum.scratch.autodiff import cross_entropy, hvp, log_softmax, relu, sqrt, vjp

EPS = 1e-3  # BatchNorm's: large enough to be seen when it is forgotten


def exactly(value):
    return close(value, rtol=1e-8, atol=1e-11)


def softplus(x):
    return relu(x) + (1 + (-abs(x)).exp()).log()


def logistic_case(rng):
    X = rng.normal(size=(9, 4))
    y = rng.permutation(np.repeat([-1, 1], [4, 5]))
    return X, y, rng.normal(size=4), float(rng.normal())


@check(part="logistic")
def logistic_gradients(sub, rng):
    """
    ru: Градиенты по весам и по сдвигу совпадают с автоматическими.
    en: The gradients by the weights and by the bias equal the automatic ones.
    hint ru: Производная log(1 + exp(-m)) по m отрицательна; усреднение не забыто?
    hint en: The derivative of log(1 + exp(-m)) by m is negative; is the mean taken?
    """
    grad_w, grad_b = sub.grad_logistic_regression(*logistic_case(rng))
    return {"grad_w": grad_w, "grad_b": grad_b}


@logistic_gradients.expects
def _(rng):
    X, y, w, b = logistic_case(rng)
    _, (grad_w, grad_b) = vjp(lambda w, b: softplus(-y * (X @ w + b)).mean(), (w, b))
    return {"grad_w": exactly(grad_w), "grad_b": exactly(grad_b)}


def wide_margin_case(rng):
    order = rng.permutation(4)
    X, y = np.array([[1.0], [2.0], [-1.0], [3.0]]), np.array([-1, 1, 1, -1])
    return X[order], y[order], np.array([rng.uniform(2e3, 3e3)]), 0.0


@check(part="logistic")
def logistic_wide_margins(sub, rng):
    """
    ru: При отступах в тысячи градиент остаётся конечным и верным.
    en: With margins of thousands the gradient stays finite and right.
    hint ru: exp(1000) – бесконечность; какая функция из scipy.special её не встретит?
    hint en: exp(1000) is infinite; which function of scipy.special never meets it?
    """
    grad_w, grad_b = sub.grad_logistic_regression(*wide_margin_case(rng))
    return {"grad_w": grad_w, "grad_b": grad_b}


@logistic_wide_margins.expects
def _(rng):
    X, y, w, _ = wide_margin_case(rng)
    wrong = y * X[:, 0] * w[0] < 0  # the loss is linear there, and flat elsewhere
    return {
        "grad_w": exactly(np.array([np.mean(np.where(wrong, -y * X[:, 0], 0))])),
        "grad_b": exactly(np.mean(np.where(wrong, -y, 0))),
    }


def dense_case(rng):
    shapes = (6, 3), (3, 5), (6, 5)
    return tuple(rng.normal(size=shape) for shape in shapes)


@check(part="dense")
def dense_gradients(sub, rng):
    """
    ru: Градиенты по входу, весам и сдвигу совпадают с автоматическими.
    en: The gradients by the input, the weights and the bias equal the automatic ones.
    hint ru: Размерности подскажут, что и где транспонировать.
    hint en: The shapes tell what to transpose and where.
    """
    grad_X, grad_W, grad_b = sub.grad_dense(*dense_case(rng))
    return {"grad_X": grad_X, "grad_W": grad_W, "grad_b": grad_b}


@dense_gradients.expects
def _(rng):
    X, W, grad_output = dense_case(rng)
    _, found = vjp(lambda X, W, b: X @ W + b, (X, W, np.zeros(5)), grad_output)
    grad_X, grad_W, grad_b = map(exactly, found)
    return {"grad_X": grad_X, "grad_W": grad_W, "grad_b": grad_b}


def relu_case(rng):
    return rng.normal(size=(4, 7)), rng.normal(size=(4, 7))


@check(part="relu")
def relu_gradient(sub, rng):
    """
    ru: Градиент проходит там, где вход положителен, и входы не испорчены.
    en: The gradient passes where the input is positive, and the inputs are not spoilt.
    hint ru: Смотрите на знак входа, а не градиента; не пишите в чужой массив.
    hint en: Look at the input's sign, not the gradient's; do not write to another's array.
    """
    X, grad_output = relu_case(rng)
    gradient = sub.grad_relu(X, grad_output)
    return {"gradient": np.copy(gradient), "X": X, "grad_output": grad_output}


@relu_gradient.expects
def _(rng):
    X, grad_output = relu_case(rng)
    _, gradient = vjp(relu, X, grad_output)
    return {
        "gradient": exactly(gradient),
        "X": equal(X),
        "grad_output": equal(grad_output),
    }


@check(part="relu")
def relu_at_zero(sub, rng):
    """
    ru: В нуле, где производной нет, взят ноль.
    en: At zero, where there is no derivative, zero is taken.
    """
    X = np.array([-1.0, 0.0, 0.0, 2.0])
    return {"gradient": sub.grad_relu(X, rng.uniform(1, 2, size=4))}


@relu_at_zero.expects
def _(rng):
    return {"gradient": exactly(rng.uniform(1, 2, size=4) * [0, 0, 0, 1])}


def logits_case(rng):
    return rng.normal(scale=2, size=(5, 4)), rng.normal(size=(5, 4))


@check(part="log-softmax")
def log_softmax_gradient(sub, rng):
    """
    ru: Градиент по логитам совпадает с автоматическим при любом градиенте сверху.
    en: The gradient by the logits equals the automatic one for any gradient from above.
    hint ru: Каждый выход строки зависит от каждого логита этой строки.
    hint en: Every output of a row depends on every logit of that row.
    """
    return {"gradient": sub.grad_log_softmax(*logits_case(rng))}


@log_softmax_gradient.expects
def _(rng):
    _, gradient = vjp(log_softmax, *logits_case(rng))
    return {"gradient": exactly(gradient)}


def peaked_case(rng):
    logits = np.full((3, 4), rng.uniform(-3e3, -2e3))
    winners = rng.integers(4, size=3)
    logits[np.arange(3), winners] = rng.uniform(2e3, 3e3)
    return logits, winners


@check(part="log-softmax")
def log_softmax_large_logits(sub, rng):
    """
    ru: При логитах в тысячи градиент остаётся конечным и верным.
    en: With logits of thousands the gradient stays finite and right.
    hint ru: Softmax не изменится, если из строки вычесть число. Какое?
    hint en: Softmax stays the same if a number is subtracted from a row. Which one?
    """
    logits, _ = peaked_case(rng)
    return {"gradient": sub.grad_log_softmax(logits, rng.normal(size=(3, 4)))}


@log_softmax_large_logits.expects
def _(rng):
    _, winners = peaked_case(rng)
    gradient = rng.normal(size=(3, 4))
    gradient[np.arange(3), winners] -= gradient.sum(axis=1)  # softmax is one-hot there
    return {"gradient": exactly(gradient)}


def labels_case(rng):
    return rng.normal(scale=2, size=(7, 5)), rng.integers(5, size=7)


@check(part="cross-entropy")
def cross_entropy_gradient(sub, rng):
    """
    ru: Градиент по логитам совпадает с автоматическим.
    en: The gradient by the logits equals the automatic one.
    hint ru: Сумма градиента по каждой строке – ноль; потери усреднены по объектам.
    hint en: Each row of the gradient sums to zero; the loss is a mean over examples.
    """
    return {"gradient": sub.grad_cross_entropy(*labels_case(rng))}


@cross_entropy_gradient.expects
def _(rng):
    values, labels = labels_case(rng)
    _, gradient = vjp(lambda logits: cross_entropy(logits, labels), values)
    return {"gradient": exactly(gradient)}


@check(part="cross-entropy")
def cross_entropy_large_logits(sub, rng):
    """
    ru: При логитах в тысячи градиент остаётся конечным и верным.
    en: With logits of thousands the gradient stays finite and right.
    """
    logits, winners = peaked_case(rng)
    return {"gradient": sub.grad_cross_entropy(logits, (winners + 1) % 4)}


@cross_entropy_large_logits.expects
def _(rng):
    _, winners = peaked_case(rng)
    return {"gradient": exactly((np.eye(4)[winners] - np.eye(4)[(winners + 1) % 4]) / 3)}


def batch_case(rng):
    X = rng.normal(size=(8, 3)) * [1, 0.05, 10] + [0, 2, -5]
    return X, rng.uniform(0.5, 2, size=3), rng.normal(size=(8, 3))


def automatic_batch_norm(rng):
    def batch_norm(X, gamma, beta):
        centred = X - X.mean(axis=0)
        return gamma * centred / sqrt((centred * centred).mean(axis=0) + EPS) + beta

    X, gamma, grad_output = batch_case(rng)
    return vjp(batch_norm, (X, gamma, np.zeros(3)), grad_output)[1]


@check(part="batch-norm")
def batch_norm_parameters(sub, rng):
    """
    ru: Градиенты по gamma и beta совпадают с автоматическими.
    en: The gradients by gamma and beta equal the automatic ones.
    hint ru: beta прибавлена к каждому объекту батча, gamma умножена на нормированный вход.
    hint en: beta is added to every example of the batch, gamma multiplies the normalised input.
    """
    X, gamma, grad_output = batch_case(rng)
    _, grad_gamma, grad_beta = sub.grad_batch_norm(X, gamma, grad_output, eps=EPS)
    return {"grad_gamma": grad_gamma, "grad_beta": grad_beta}


@batch_norm_parameters.expects
def _(rng):
    _, grad_gamma, grad_beta = automatic_batch_norm(rng)
    return {"grad_gamma": exactly(grad_gamma), "grad_beta": exactly(grad_beta)}


@check(part="batch-norm")
def batch_norm_input(sub, rng):
    """
    ru: Градиент по входу совпадает с автоматическим: учтены все три пути.
    en: The gradient by the input equals the automatic one: all three paths are counted.
    hint ru: Вход влияет на выход прямо, через среднее и через дисперсию.
    hint en: The input acts on the output directly, through the mean and through the variance.
    """
    X, gamma, grad_output = batch_case(rng)
    return {"grad_X": sub.grad_batch_norm(X, gamma, grad_output, eps=EPS)[0]}


@batch_norm_input.expects
def _(rng):
    return {"grad_X": exactly(automatic_batch_norm(rng)[0])}


SHAPES = [(3, 4), (4,), (1, 4), (2, 1, 4), (2, 3, 1), (1, 1), (), (2, 3, 4)]


def named(shape):
    return "from_" + ("x".join(map(str, shape)) or "scalar")


@check(part="adjoints")
def unbroadcast_shapes(sub, rng):
    """
    ru: Градиент просуммирован по всем осям, по которым массив был растянут.
    en: The gradient is summed over all the axes along which the array was stretched.
    hint ru: Новые оси появляются спереди; растянутая ось имела длину 1.
    hint en: New axes appear in front; a stretched axis was of length 1.
    """
    return {named(shape): sub.unbroadcast(rng.normal(size=(2, 3, 4)), shape) for shape in SHAPES}


@unbroadcast_shapes.expects
def _(rng):
    expected = {}
    for shape in SHAPES:
        grad_output = rng.normal(size=(2, 3, 4))
        _, gradient = vjp(lambda x: x + np.zeros((2, 3, 4)), np.zeros(shape), grad_output)
        expected[named(shape)] = exactly(gradient)
    return expected


def gather_case(rng):
    index = rng.permutation([0, 0, 0, 2, 5, 5, 3, 2])  # rows 1, 4 and 6 are never picked
    return rng.normal(size=(8, 3)), index, 7


@check(part="adjoints")
def gather_adjoint(sub, rng):
    """
    ru: Строка, выбранная несколько раз, получает сумму градиентов, невыбранная – ноль.
    en: A row picked several times gets the sum of the gradients, one never picked gets zero.
    hint ru: a[index] += b учитывает повторы лишь однажды; загляните в np.add.at.
    hint en: a[index] += b counts repetitions only once; look at np.add.at.
    """
    return {"gradient": sub.adjoint_gather(*gather_case(rng))}


@gather_adjoint.expects
def _(rng):
    grad_output, index, n_rows = gather_case(rng)
    return {"gradient": exactly(np.eye(n_rows)[index].T @ grad_output)}


@check(part="adjoints")
def cumsum_adjoint(sub, rng):
    """
    ru: Градиент накопленной суммы – произведение на транспонированную матрицу.
    en: The gradient of a cumulative sum is the product with the transposed matrix.
    hint ru: На какие выходы влияет последний элемент входа, а на какие первый?
    hint en: Which outputs does the input's last element act on, and which does the first?
    """
    return {"gradient": sub.adjoint_cumsum(rng.normal(size=11))}


@cumsum_adjoint.expects
def _(rng):
    return {"gradient": exactly(np.tri(11).T @ rng.normal(size=11))}


def curvature_case(rng):
    X, y, w, _ = logistic_case(rng)
    return X, y, w, rng.normal(size=4)


@check(part="hvp")
def hvp_value(sub, rng):
    """
    ru: Произведение гессиана на вектор совпадает с автоматическим.
    en: The Hessian's product with a vector equals the automatic one.
    hint ru: Продифференцируйте градиент вдоль v; квадрат метки равен единице.
    hint en: Differentiate the gradient along v; the square of a label is one.
    """
    return {"product": sub.hvp_logistic_regression(*curvature_case(rng))}


@hvp_value.expects
def _(rng):
    X, y, w, v = curvature_case(rng)
    _, product = hvp(lambda w: softplus(-y * (X @ w)).mean(), w, v)
    return {"product": exactly(product)}


@check(part="hvp")
def hvp_memory(sub, rng):
    """
    ru: Памяти нужно меньше, чем на квадратную матрицу.
    en: It takes less memory than a square matrix would.
    hint ru: Скобки: сначала X v, потом умножение слева на транспонированную X.
    hint en: Brackets: first X v, then the product with the transposed X from the left.
    """
    X = rng.normal(size=(600, 500))
    y = rng.choice([-1, 1], size=600)
    w, v = rng.normal(size=(2, 500))
    tracemalloc.start()
    try:
        sub.hvp_logistic_regression(X, y, w, v)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return {"peak_in_square_matrices": peak / (8 * 500 * 500)}


@hvp_memory.expects
def _(_rng):
    return {"peak_in_square_matrices": between(0, 0.5)}
