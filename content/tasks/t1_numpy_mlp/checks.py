"""Checks of task 1.

The oracles: SciPy's log_softmax, scikit-learn's log_loss, closed forms by einsum, finite
differences of losses computed by other means, a convex problem with one solution. Experiments are
judged by what must come out whoever runs them: a linear network cannot separate rings, weights of
10⁻³ do not train in five layers, shuffled labels cannot be learnt.
"""

from itertools import pairwise

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax
from sklearn.metrics import log_loss

from praktikum.checks import between, check, close, equal
from praktikum.scratch.activations import Tanh
from praktikum.scratch.digits import Split, digits_split
from praktikum.scratch.initialisation import kaiming_normal, normal, xavier_normal
from praktikum.scratch.layers import Identity, Layer

# What other checks stand on: if one of these fails, a failure further up is put down to it.
LAYERS = ["relu_forward", "relu_backward", "dense_forward", "dense_backward"]
LAYERS += ["log_softmax_forward", "log_softmax_backward"]
LOSS = ["nll_value", "nll_gradient"]
NETWORK = ["network_structure", "network_gradient"]
TRAINING = [*NETWORK, "training_finds_optimum", "training_on_digits"]

# ---- network: ReLU, Dense, the numerical gradient, LogSoftmax, NLL


def activation_case(rng):
    input = rng.normal(size=(5, 4))
    input[1, 2], input[3, 0] = 0.0, -0.0  # the kink
    return input, rng.normal(size=(5, 4))


@check(part="network", points="0.2")
def relu_forward(sub, rng):
    """
    ru: ReLU обнуляет отрицательное и не трогает остальное.
    en: ReLU zeroes what is negative and leaves the rest alone.
    """
    return {"output": sub.ReLU().forward(activation_case(rng)[0])}


@relu_forward.expects
def _(rng):
    input, _ = activation_case(rng)
    return {"output": close((input + abs(input)) / 2)}


@check(part="network", points="0.3", needs=["relu_forward"])
def relu_backward(sub, rng):
    """
    ru: Градиент проходит через ReLU только там, где вход положителен; параметров у слоя нет.
    en: The gradient passes ReLU only where the input is positive; the layer has no parameters.
    hint ru: Правило цепочки умножает пришедший градиент. Что написано в docstring про x = 0?
    hint en: The chain rule multiplies the incoming gradient. What does the docstring say of x = 0?
    """
    input, grad_output = activation_case(rng)
    layer = sub.ReLU()
    layer.forward(input)
    grad_input, grad_params = layer.backward(grad_output)
    return {"grad_input": grad_input, "n_grad_params": np.size(grad_params)}


@relu_backward.expects
def _(rng):
    input, grad_output = activation_case(rng)
    slope = (np.sign(input) + 1) // 2  # 0 at zero: sign(0) is 0
    return {"grad_input": close(grad_output * slope), "n_grad_params": equal(0)}


def dense_case(rng):
    """Return weight (3, 4), bias, a batch of 6 inputs and gradients by its outputs."""
    return (rng.normal(size=shape) for shape in ((3, 4), 3, (6, 4), (6, 3)))


def dense_layer(sub, weight, bias, dtype=np.float64):
    layer = sub.Dense(4, 3, dtype=dtype)
    layer.weight[...], layer.bias[...] = weight, bias
    return layer


@check(part="network", points="0.2")
def dense_forward(sub, rng):
    """
    ru: Dense считает аффинное отображение каждой строки, в том числе единственной.
    en: Dense computes the affine map of each row, also of a single one.
    hint ru: Форма weight — (output_size, input_size).
    hint en: The shape of weight is (output_size, input_size).
    """
    weight, bias, input, _ = dense_case(rng)
    layer = dense_layer(sub, weight, bias)
    return {"output": layer.forward(input), "output_of_one": layer.forward(input[:1])}


@dense_forward.expects
def _(rng):
    weight, bias, input, _ = dense_case(rng)
    output = np.einsum("oi,bi->bo", weight, input) + bias
    return {"output": close(output), "output_of_one": close(output[:1])}


@check(part="network", points="0.4", needs=["dense_forward"])
def dense_backward(sub, rng):
    """
    ru: Градиенты Dense по входу, по матрице весов (строка за строкой) и по сдвигу верны.
    en: The gradients of Dense by the input, the weight (row after row) and the bias are right.
    hint ru: Если нужно, пришедший градиент уже поделён на размер батча: складывайте.
    hint en: If need be, the incoming gradient is divided by the batch size already: sum it.
    """
    weight, bias, input, grad_output = dense_case(rng)
    layer = dense_layer(sub, weight, bias)
    layer.forward(input)
    grad_input, grad_params = layer.backward(grad_output)
    return {
        "grad_input": grad_input,
        "shape_of_grad_params": np.shape(grad_params),
        "grad_weight": grad_params[: weight.size],
        "grad_bias": grad_params[weight.size :],
    }


@dense_backward.expects
def _(rng):
    weight, _, input, grad_output = dense_case(rng)
    return {
        "grad_input": close(np.einsum("bo,oi->bi", grad_output, weight)),
        "shape_of_grad_params": equal([15]),
        "grad_weight": close(np.einsum("bo,bi->oi", grad_output, input).ravel()),
        "grad_bias": close(np.einsum("bo->o", grad_output)),
    }


@check(part="network", points="0.4")
def numerical_gradient_central(sub, rng):
    """
    ru: Численный градиент — центральная разность с данным шагом, а точка остаётся прежней.
    en: The numerical gradient is the central difference with the given step; the point stays.
    hint ru: Пока двигается одно число, все остальные стоят на месте.
    hint en: While one number moves, all others stay where they are.
    """
    x = rng.normal(size=(3, 2))
    weights = rng.normal(size=(3, 2))
    gradient = sub.numerical_gradient(lambda z: float(np.sin(z * weights).sum()), x)
    coarse = sub.numerical_gradient(lambda z: float((z**3 * weights).sum()), x, 0.125)
    return {"gradient": gradient, "with_a_coarse_step": coarse, "x_afterwards": x}


@numerical_gradient_central.expects
def _(rng):
    x = rng.normal(size=(3, 2))
    weights = rng.normal(size=(3, 2))
    return {
        "gradient": close(weights * np.cos(x * weights), rtol=1e-7, atol=1e-8),
        # of a cube the central difference is known exactly, error included
        "with_a_coarse_step": close(weights * (3 * x**2 + 0.125**2), rtol=1e-9),
        "x_afterwards": close(x, rtol=1e-12, atol=1e-12),
    }


def logits_case(rng):
    return rng.normal(scale=2, size=(5, 4)), rng.normal(size=(5, 4))


@check(part="network", points="0.25")
def log_softmax_forward(sub, rng):
    """
    ru: LogSoftmax возвращает логарифмы вероятностей для каждой строки, в том числе единственной.
    en: LogSoftmax returns the log-probabilities of each row, also of a single one.
    """
    logits, _ = logits_case(rng)
    layer = sub.LogSoftmax()
    return {"log_probs": layer.forward(logits), "log_probs_of_one": layer.forward(logits[:1])}


@log_softmax_forward.expects
def _(rng):
    log_probs = log_softmax(logits_case(rng)[0], axis=1)
    return {"log_probs": close(log_probs), "log_probs_of_one": close(log_probs[:1])}


def large_logits(rng):
    """Rows around 10⁴, around -10⁴, and from one to the other."""
    spread = rng.normal(size=(3, 4))
    return (
        spread + 1e4 * np.array([[1], [-1], [0]]) + 1e4 * np.array([[0], [0], [1]]) * [1, -1, 0, 1]
    )


@check(part="network", points="0.25", needs=["log_softmax_forward"])
def log_softmax_large(sub, rng):
    """
    ru: LogSoftmax верен и для логитов порядка ±10⁴.
    en: LogSoftmax holds for logits of the order of ±10⁴ too.
    hint ru: Что изменится в softmax, если из всей строки вычесть одно и то же число?
    hint en: What changes in softmax if one number is subtracted from a whole row?
    """
    with np.errstate(all="ignore"):
        return {"log_probs": sub.LogSoftmax().forward(large_logits(rng))}


@log_softmax_large.expects
def _(rng):
    return {"log_probs": close(log_softmax(large_logits(rng), axis=1))}


@check(part="network", points="0.4", needs=["log_softmax_forward"])
def log_softmax_backward(sub, rng):
    """
    ru: Градиент LogSoftmax верен для любого пришедшего градиента.
    en: The gradient of LogSoftmax is right for any incoming gradient.
    hint ru: Каждый выход строки зависит от всех её логитов: сколько слагаемых у производной?
    hint en: Each output of a row depends on all its logits: how many terms has the derivative?
    """
    logits, grad_output = logits_case(rng)
    layer = sub.LogSoftmax()
    layer.forward(logits)
    grad_input, grad_params = layer.backward(grad_output)
    return {"grad_input": grad_input, "n_grad_params": np.size(grad_params)}


def finite_differences(f, x, eps=1e-5):
    """Return the gradient of a scalar function of an array, by Richardson's four points."""
    steps = eps * np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [
        (8 * (f(x + step) - f(x - step)) - f(x + 2 * step) + f(x - 2 * step)) / (12 * eps)
        for step in steps
    ]
    return np.reshape(slopes, x.shape)


@log_softmax_backward.expects
def _(rng):
    logits, grad_output = logits_case(rng)
    gradient = finite_differences(lambda z: np.sum(log_softmax(z, axis=1) * grad_output), logits)
    return {"grad_input": close(gradient, rtol=1e-6, atol=1e-7), "n_grad_params": equal(0)}


def classes_case(rng):
    """Return the log-probabilities of 6 examples and 4 classes, and the right classes."""
    logits = rng.normal(size=(6, 4))
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), rng.integers(4, size=6)


@check(part="network", points="0.15")
def nll_value(sub, rng):
    """
    ru: NLL — одно число, среднее по батчу.
    en: NLL is one number, the mean over the batch.
    """
    log_probs, y = classes_case(rng)
    return {"loss": sub.NLL(log_probs, y), "loss_of_one": sub.NLL(log_probs[:1], y[:1])}


@nll_value.expects
def _(rng):
    log_probs, y = classes_case(rng)
    probs = np.exp(log_probs)
    return {
        "loss": close(log_loss(y, probs, labels=range(4))),
        "loss_of_one": close(log_loss(y[:1], probs[:1], labels=range(4))),
    }


@check(part="network", points="0.15")
def nll_gradient(sub, rng):
    """
    ru: grad_NLL — градиент именно той функции потерь, что усреднена по батчу.
    en: grad_NLL is the gradient of that very loss which is averaged over the batch.
    """
    return {"grad": sub.grad_NLL(*classes_case(rng))}


@nll_gradient.expects
def _(rng):
    _, y = classes_case(rng)
    return {"grad": close(-np.eye(4)[y] / len(y))}


def forward_and_backward(sub, rng, dtype):
    """Yield the name of each layer, its input, grad_output, output and gradients."""
    weight, bias, input, _ = dense_case(rng)
    for layer in (sub.ReLU(), sub.LogSoftmax(), dense_layer(sub, weight, bias, dtype)):
        batch = input.astype(dtype)
        output = layer.forward(batch)
        grad_output = np.ones_like(output)
        yield type(layer).__name__, batch, grad_output, output, layer.backward(grad_output)


@check(part="network", points="0.15", needs=LAYERS)
def layers_in_single_precision(sub, rng):
    """
    ru: Из float32 слои делают float32: и выход, и градиенты.
    en: Out of float32 the layers make float32: the output and the gradients.
    hint ru: Массивы из np.zeros и astype(float) имеют тип float64 и повышают всё, чего касаются.
    hint en: Arrays of np.zeros and astype(float) are float64 and promote all that they touch.
    """
    return {
        name: [str(output.dtype), *(str(each.dtype) for each in grads if np.size(each))]
        for name, _, _, output, grads in forward_and_backward(sub, rng, np.float32)
    }


@layers_in_single_precision.expects
def _(rng):
    del rng
    return {
        "ReLU": equal(["float32"] * 2),
        "LogSoftmax": equal(["float32"] * 2),
        "Dense": equal(["float32"] * 3),
    }


@check(part="network", points="0.15", needs=LAYERS)
def layers_leave_arguments(sub, rng):
    """
    ru: Слои не портят ни вход, ни пришедший градиент.
    en: The layers spoil neither their input nor the incoming gradient.
    hint ru: Операции вида x *= … и x[…] = … меняют чужой массив.
    hint en: Operations such as x *= … and x[…] = … change somebody else's array.
    """
    arrays = {}
    for name, batch, grad_output, _, _ in forward_and_backward(sub, rng, np.float64):
        arrays |= {f"input_of_{name}": batch, f"grad_output_of_{name}": grad_output}
    return arrays


@layers_leave_arguments.expects
def _(rng):
    _, _, input, _ = dense_case(rng)
    expected = {}
    for name, n_outputs in (("ReLU", 4), ("LogSoftmax", 4), ("Dense", 3)):
        expected[f"input_of_{name}"] = close(input)
        expected[f"grad_output_of_{name}"] = close(np.ones((6, n_outputs)))
    return expected


# ---- training: the network as a whole


def depths_to_build(rng):
    return [int(depth) for depth in rng.permutation([1, 2, 4])]


@check(part="training", points="0.2")
def network_structure(sub, rng):
    """
    ru: make_network собирает нужные слои нужных размеров с нужными начальными весами.
    en: make_network assembles the right layers of the right sizes with the right initial weights.
    hint ru: n_layers считает слои Dense. После последнего из них нет активации, но есть LogSoftmax.
    hint en: n_layers counts Dense layers. After the last there is no activation, but a LogSoftmax.
    """

    def init(fan_in, fan_out, _rng):
        return np.full((fan_out, fan_in), fan_in + fan_out / 100)

    observed = {}
    for depth in depths_to_build(rng):
        network = sub.make_network(7, 5, 3, depth, sub.ReLU, init=init)
        observed[f"layers_of_{depth}"] = [type(layer).__name__ for layer in network]
        observed[f"weights_of_{depth}"] = sub.get_weights(network)
        observed[f"shared_layers_of_{depth}"] = len(network) - len({id(layer) for layer in network})
    network = sub.make_network(7, 5, 3, 2, Tanh, batch_norm=True, dropout=0.25)
    return observed | {"layers_with_all": [type(layer).__name__ for layer in network]}


@network_structure.expects
def _(rng):
    expected = {}
    for depth in depths_to_build(rng):
        sizes = [7, *[5] * (depth - 1), 3]
        weights = [
            np.append(np.full(fan_in * fan_out, fan_in + fan_out / 100), np.zeros(fan_out))
            for fan_in, fan_out in pairwise(sizes)
        ]
        layers = ["Dense", "ReLU"] * (depth - 1) + ["Dense", "LogSoftmax"]
        expected[f"layers_of_{depth}"] = equal(layers)
        expected[f"weights_of_{depth}"] = close(np.concatenate(weights))
        expected[f"shared_layers_of_{depth}"] = equal(0)
    with_all = ["Dense", "BatchNorm", "Tanh", "Dropout", "Dense", "LogSoftmax"]
    return expected | {"layers_with_all": equal(with_all)}


class Modulate(Layer):
    """A layer of the checks' own, x + a·sin(x·b): each feature has an a and a b."""

    def __init__(self, a, b):
        self.a, self.b, self.modes = a.copy(), b.copy(), []

    def parameters(self):
        return [self.a, self.b]

    def forward(self, input):
        self.input = input
        self.modes.append(self.training)
        return input + self.a * np.sin(input * self.b)

    def backward(self, grad_output):
        cosine = self.a * np.cos(self.input * self.b)
        grad_a = (grad_output * np.sin(self.input * self.b)).sum(axis=0)
        grad_b = (grad_output * cosine * self.input).sum(axis=0)
        return grad_output * (1 + cosine * self.b), np.concatenate([grad_a, grad_b])


def modulated_case(rng):
    """Return the parameters (3 layers, a and b, 4 features), inputs and right classes."""
    return rng.normal(size=(3, 2, 4)), rng.normal(size=(6, 4)), rng.integers(4, size=6)


@check(part="training", points="0.2")
def forward_and_predict(sub, rng):
    """
    ru: forward проходит слои по порядку; predict даёт классы, считая в режиме применения.
    en: forward goes through the layers in order; predict gives classes, in evaluation mode.
    hint ru: После predict каждый слой снова в том режиме, в котором был.
    hint en: After predict each layer is again in the mode in which it was.
    """
    params, X, _ = modulated_case(rng)
    network = [Modulate(a, b) for a, b in params]
    network[1].eval()
    output = sub.forward(network, X)
    classes = sub.predict(network, X)
    return {
        "output": output,
        "classes": classes,
        "training_in_forward_and_predict": [layer.modes for layer in network],
        "training_afterwards": [layer.training for layer in network],
    }


@forward_and_predict.expects
def _(rng):
    params, output, _ = modulated_case(rng)
    for a, b in params:
        output = output + a * np.sin(output * b)
    return {
        "output": close(output),
        "classes": equal([int(row.argmax()) for row in output]),
        "training_in_forward_and_predict": equal([[True, False], [False, False], [True, False]]),
        "training_afterwards": equal([True, False, True]),
    }


@check(part="training", points="0.25", needs=[*LOSS, "forward_and_predict"])
def loss_and_gradient(sub, rng):
    """
    ru: compute_loss_grad ставит веса, даёт потери и градиент в порядке get_weights.
    en: compute_loss_grad sets the weights, gives the loss and the gradient in get_weights' order.
    hint ru: Обратный проход идёт с конца, а градиент собирается с начала.
    hint en: The backward pass goes from the end, the gradient is joined from the beginning.
    """
    params, X, y = modulated_case(rng)
    network = [Modulate(*np.zeros((2, 4))) for _ in params]
    loss, grad = sub.compute_loss_grad(params.ravel(), (network, X, y))
    return {"loss": loss, "grad": grad, "weights_of_network": sub.get_weights(network)}


@loss_and_gradient.expects
def _(rng):
    params, X, y = modulated_case(rng)

    def loss(weights):
        output = X
        for a, b in weights.reshape(3, 2, 4):
            output = output + a * np.sin(output * b)
        return -np.mean(output[np.arange(6), y])

    return {
        "loss": close(loss(params)),
        "grad": close(finite_differences(loss, params.ravel()), atol=1e-7),
        "weights_of_network": close(params.ravel()),
    }


def perceptron_case(rng):
    """Return flat weights of a 5-6-6-3 perceptron, inputs and right classes."""
    sizes = [5, 6, 6, 3]
    n_weights = sum((a + 1) * b for a, b in pairwise(sizes))
    return rng.normal(size=n_weights), rng.normal(size=(7, 5)), rng.integers(3, size=7)


@check(
    part="training",
    points="0.1",
    needs=[*LAYERS, "layers_leave_arguments", "network_structure", "loss_and_gradient"],
)
def network_gradient(sub, rng):
    """
    ru: Градиент целого перцептрона по всем весам сходится с численным.
    en: The gradient of a whole perceptron by all its weights agrees with the numerical one.
    """
    weights, X, y = perceptron_case(rng)
    network = sub.make_network(5, 6, 3, 3, sub.ReLU)
    loss, grad = sub.compute_loss_grad(weights, (network, X, y))
    return {"loss": loss, "grad": grad}


@network_gradient.expects
def _(rng):
    weights, X, y = perceptron_case(rng)

    def loss(flat):
        w1, b1, w2, b2, w3, b3 = np.split(flat, np.cumsum([30, 6, 36, 6, 18]))
        hidden = np.clip(np.einsum("oi,bi->bo", w1.reshape(6, 5), X) + b1, 0, None)
        hidden = np.clip(np.einsum("oi,bi->bo", w2.reshape(6, 6), hidden) + b2, 0, None)
        logits = np.einsum("oi,bi->bo", w3.reshape(3, 6), hidden) + b3
        return -log_softmax(logits, axis=1)[np.arange(7), y].mean()

    gradient = finite_differences(loss, weights, eps=1e-7)
    return {"loss": close(loss(weights)), "grad": close(gradient, rtol=1e-5, atol=1e-6)}


def overlapping_classes(rng):
    """Return data on which logistic regression has one finite optimum, and unseen rows.

    The labels of the test are random, so that its accuracy differs from that of training.
    """
    X = rng.normal(size=(240, 4))
    y = (X @ rng.normal(size=(4, 3)) + rng.gumbel(size=(240, 3))).argmax(axis=1)
    y[150:] = rng.integers(3, size=90)
    y[:3] = y[150:153] = range(3)
    return Split(X[:150], y[:150], X[150:], y[150:]), rng.normal(size=(5, 4))


@check(part="training", points="0.15", needs=NETWORK)
def training_finds_optimum(sub, rng):
    """
    ru: Логистическая регрессия обучена до единственного оптимума, и история это показывает.
    en: Logistic regression is trained to its only optimum, and the history shows it.
    hint ru: Запись 0 сделана до первого шага. Веса в конце — те, что нашёл L-BFGS.
    hint en: Entry 0 is made before the first step. The weights in the end are those L-BFGS found.
    """
    data, unseen = overlapping_classes(rng)
    network = sub.make_network(4, 5, 3, 1, sub.ReLU, init=lambda i, o, _: np.zeros((o, i)))
    history = sub.train_lbfgs(network, *data)
    loss = np.asarray(history.loss)
    return {
        "log_probs_of_unseen": sub.forward(network, unseen),
        "first_loss": loss[0],
        "last_loss": loss[-1],
        "largest_rise_of_loss": np.diff(loss).max(),
        "n_entries": [
            len(history.train_accuracy) - len(loss),
            len(history.test_accuracy) - len(loss),
        ],
        "last_train_accuracy": history.train_accuracy[-1],
        "last_test_accuracy": history.test_accuracy[-1],
    }


@training_finds_optimum.expects
def _(rng):
    data, unseen = overlapping_classes(rng)

    def log_probs(flat, X):
        return log_softmax(X @ flat[:12].reshape(4, 3) + flat[12:], axis=1)

    def loss(flat):
        return -log_probs(flat, data.X_train)[np.arange(150), data.y_train].mean()

    def gradient(flat):
        residual = np.exp(log_probs(flat, data.X_train)) - np.eye(3)[data.y_train]
        return np.append(data.X_train.T @ residual, residual.sum(axis=0)) / 150

    best = minimize(loss, np.zeros(15), jac=gradient, method="BFGS", options={"gtol": 1e-7}).x

    def accuracy(X, y):
        share = np.mean(log_probs(best, X).argmax(axis=1) == y)
        return between(share - 0.03, share + 0.03)  # a row or two may lie on the border

    return {
        "log_probs_of_unseen": close(log_probs(best, unseen), rtol=0.02, atol=0.02),
        "first_loss": close(np.log(3)),
        "last_loss": close(loss(best), rtol=1e-4),
        "largest_rise_of_loss": between(-10, 1e-9),
        "n_entries": equal([0, 0]),
        "last_train_accuracy": accuracy(data.X_train, data.y_train),
        "last_test_accuracy": accuracy(data.X_test, data.y_test),
    }


def disguised_digits(rng, n_train=300, n_test=150, shuffled=False):
    """Return digits with the pixel space rotated and the classes renamed at random.

    With ``shuffled`` the labels have nothing to do with the pictures.
    """
    digits = digits_split()
    rotation, _ = np.linalg.qr(rng.normal(size=(64, 64)))
    names = rng.permutation(10)
    train = rng.permutation(len(digits.X_train))[:n_train]
    test = rng.permutation(len(digits.X_test))[:n_test]
    y_train, y_test = names[digits.y_train[train]], names[digits.y_test[test]]
    if shuffled:
        y_train, y_test = rng.permutation(y_train), rng.permutation(y_test)
    return Split(digits.X_train[train] @ rotation, y_train, digits.X_test[test] @ rotation, y_test)


@check(part="training", points="0.1", needs=[*NETWORK, "training_finds_optimum"])
def training_on_digits(sub, rng):
    """
    ru: Перцептрон учится различать цифры; метки, перемешанные случайно, выучить нельзя.
    en: A perceptron learns to tell digits apart; randomly shuffled labels cannot be learnt.
    """
    observed = {}
    for name, shuffled in (("digits", False), ("shuffled", True)):
        data = disguised_digits(rng, shuffled=shuffled)
        network = sub.make_network(64, 16, 10, 3, sub.ReLU, rng=rng)
        history = sub.train_lbfgs(network, *data, max_iterations=40)
        predicted = np.mean(sub.predict(network, data.X_test) == data.y_test)
        observed[f"accuracy_on_{name}"] = predicted
        observed[f"history_minus_accuracy_on_{name}"] = history.test_accuracy[-1] - predicted
        observed[f"n_iterations_on_{name}"] = len(history.loss) - 1
    return observed


@training_on_digits.expects
def _(rng):
    del rng
    return {
        "accuracy_on_digits": between(0.6, 1),
        "history_minus_accuracy_on_digits": close(0),
        "n_iterations_on_digits": between(1, 40),
        "accuracy_on_shuffled": between(0, 0.3),
        "history_minus_accuracy_on_shuffled": close(0),
        "n_iterations_on_shuffled": between(1, 40),
    }


# ---- experiments, with few runs: shape, range, and the effects that must be there


def rings(rng, n=400):
    """Return three classes on spheres around zero, named at random: no plane separates them."""
    sphere = np.append(rng.integers(3, size=n - 3), range(3))
    X = rng.normal(size=(n, 3))
    X *= (sphere + 0.5)[:, None] / np.linalg.norm(X, axis=1, keepdims=True)
    y = rng.permutation(3)[sphere]
    return Split(X[:200], y[:200], X[200:], y[200:])


@check(part="experiment_depth", points="0.3", needs=TRAINING)
def depth_effect(sub, rng):
    """
    ru: Линейная сеть не разделяет вложенные сферы, более глубокие сети разделяют.
    en: A linear network does not separate nested spheres, deeper ones do.
    hint ru: Строка i отвечает глубине depths[i]; глубина 1 — один слой Dense.
    hint en: Row i belongs to the depth depths[i]; depth 1 is a single Dense layer.
    """
    depths = [int(depth) for depth in rng.permutation([1, 2, 3])]
    accuracies = sub.accuracy_by_depth(
        rings(rng), depths, 2, rng=rng, hidden_size=16, max_iterations=60
    )
    shape = np.shape(accuracies)
    return {"shape": shape} | {
        f"accuracy_at_depth_{depth}": accuracies[i] for i, depth in enumerate(depths)
    }


@depth_effect.expects
def _(rng):
    del rng
    return {
        "shape": equal([3, 2]),
        "accuracy_at_depth_1": between(0, 0.7),
        "accuracy_at_depth_2": between(0.75, 1),
        "accuracy_at_depth_3": between(0.75, 1),
    }


@check(part="experiment_depth", points="0.2", needs=TRAINING)
def depth_runs(sub, rng):
    """
    ru: Каждый запуск начинается с новых весов, а то же зерно повторяет весь опыт.
    en: Each run starts from new weights, and the same seed repeats the whole experiment.
    hint ru: Где создаётся сеть: внутри цикла по запускам или снаружи? Куда передан rng?
    hint en: Where is the network made: inside of the loop over runs or outside? Where does rng go?
    """
    data, seed = disguised_digits(rng), int(rng.integers(2**31))
    first, again = (
        np.asarray(
            sub.accuracy_by_depth(
                data, (2,), 6, rng=np.random.default_rng(seed), hidden_size=8, max_iterations=80
            )
        )
        for _ in range(2)
    )
    return {
        "accuracy": first,
        "runs_differ": len(np.unique(first)) > 2,
        "difference_of_repetitions": again - first,
    }


@depth_runs.expects
def _(rng):
    del rng
    return {
        "accuracy": between(0, 1, shape=(1, 6)),
        "runs_differ": equal(True),
        "difference_of_repetitions": close(np.zeros((1, 6))),
    }


def tiny_normal(fan_in, fan_out, rng):
    return normal(fan_in, fan_out, rng, std=1e-3)


def shuffled_initialisations(rng):
    named = [("tiny", tiny_normal), ("kaiming", kaiming_normal), ("xavier", xavier_normal)]
    return [named[i] for i in rng.permutation(3)]


@check(part="experiment_init", points="0.2", needs=TRAINING)
def initialisation_effect(sub, rng):
    """
    ru: Пять слоёв с весами порядка 10⁻³ не обучаются; с Kaiming и Xavier — обучаются.
    en: Five layers with weights of the order of 10⁻³ don't train; with Kaiming and Xavier they do.
    hint ru: Элемент [i, j] отвечает глубине depths[i] и инициализации initialisations[j].
    hint en: Entry [i, j] belongs to the depth depths[i] and the initialisation initialisations[j].
    """
    named = shuffled_initialisations(rng)
    accuracies = sub.accuracy_by_initialisation(
        disguised_digits(rng),
        (5,),
        2,
        rng=rng,
        initialisations=[init for _, init in named],
        hidden_size=24,
        max_iterations=50,
    )
    shape = np.shape(accuracies)
    return {"shape": shape} | {
        f"accuracy_with_{name}": accuracies[0][j] for j, (name, _) in enumerate(named)
    }


@initialisation_effect.expects
def _(rng):
    del rng
    return {
        "shape": equal([1, 3, 2]),
        "accuracy_with_tiny": between(0, 0.35),
        "accuracy_with_kaiming": between(0.4, 1),
        "accuracy_with_xavier": between(0.4, 1),
    }


@check(part="experiment_init", points="0.1", needs=TRAINING)
def initialisation_networks(sub, rng):
    """
    ru: Каждая инициализация применена к сетям каждой глубины столько раз, сколько запусков.
    en: Each initialisation is applied to networks of each depth as many times as there are runs.
    """
    depths = [int(depth) for depth in rng.permutation([2, 3, 5])]
    sizes = []

    def init(fan_in, fan_out, rng):
        sizes.append((fan_in, fan_out))
        return kaiming_normal(fan_in, fan_out, rng)

    sub.accuracy_by_initialisation(
        rings(rng), depths, 2, rng=rng, initialisations=[init], hidden_size=6, max_iterations=1
    )
    return {"sizes_of_dense_layers": sizes}


@initialisation_networks.expects
def _(rng):
    depths = [int(depth) for depth in rng.permutation([2, 3, 5])]
    one_run = {depth: [(3, 6), *[(6, 6)] * (depth - 2), (6, 3)] for depth in depths}
    return {
        "sizes_of_dense_layers": equal([size for depth in depths for size in one_run[depth] * 2])
    }


@check(part="experiment_init", points="0.2", needs=TRAINING)
def initialisation_speed(sub, rng):
    """
    ru: Кривые потерь целы: от значения до первого шага и до конца строки.
    en: The curves of the loss are whole: from before the first step to the end of the row.
    hint ru: Запуск, который закончился раньше, сохраняет своё последнее значение до конца строки.
    hint en: A run that stopped earlier keeps its last value to the end of its row.
    """
    named = shuffled_initialisations(rng)
    losses = sub.loss_by_initialisation(
        disguised_digits(rng),
        5,
        2,
        rng=rng,
        initialisations=[init for _, init in named],
        hidden_size=24,
        max_iterations=40,
    )
    of = {name: np.asarray(losses[j]) for j, (name, _) in enumerate(named)}
    return {
        "shape": np.shape(losses),
        "first_loss_with_tiny": of["tiny"][:, 0],
        "last_loss_with_tiny": of["tiny"][:, -1],
        "last_loss_with_kaiming": of["kaiming"][:, -1],
        "last_loss_with_xavier": of["xavier"][:, -1],
        "largest_rise_of_loss": np.diff(losses, axis=-1).max(),
    }


@initialisation_speed.expects
def _(rng):
    del rng
    return {
        "shape": equal([3, 2, 41]),
        "first_loss_with_tiny": close(np.full(2, np.log(10)), rtol=1e-5),
        "last_loss_with_tiny": between(2, 2.303),
        "last_loss_with_kaiming": between(0, 1.5),
        "last_loss_with_xavier": between(0, 1.5),
        "largest_rise_of_loss": between(-3, 1e-9),
    }


@check(part="experiment_activation", points="0.3", needs=TRAINING)
def activation_effect(sub, rng):
    """
    ru: С тождественной «активацией» сферы не разделены, с настоящими разделены.
    en: With the identity for an activation the spheres are not separated, with real ones they are.
    hint ru: Строка i отвечает activations[i].
    hint en: Row i belongs to activations[i].
    """
    named = [("identity", Identity), ("tanh", Tanh), ("relu", sub.ReLU)]
    named = [named[i] for i in rng.permutation(3)]
    accuracies = sub.accuracy_by_activation(
        rings(rng),
        [activation for _, activation in named],
        2,
        rng=rng,
        n_layers=2,
        hidden_size=24,
        max_iterations=80,
    )
    return {"shape": np.shape(accuracies)} | {
        f"accuracy_with_{name}": accuracies[i] for i, (name, _) in enumerate(named)
    }


@activation_effect.expects
def _(rng):
    del rng
    return {
        "shape": equal([3, 2]),
        "accuracy_with_identity": between(0, 0.7),
        "accuracy_with_tanh": between(0.75, 1),
        "accuracy_with_relu": between(0.75, 1),
    }


@check(part="experiment_activation", points="0.2", needs=TRAINING)
def activation_networks(sub, rng):
    """
    ru: В каждом запуске — новая сеть с заданным числом слоёв заданной ширины.
    en: In each run there is a new network with the given number of layers of the given width.
    """
    n_layers = int(rng.integers(3, 6))
    widths = []

    class Watched(Tanh):
        def __init__(self):
            self.is_new = True

        def forward(self, input):
            if self.is_new:
                widths.append(input.shape[1])
                self.is_new = False
            return super().forward(input)

    sub.accuracy_by_activation(
        rings(rng), [Watched], 3, rng=rng, n_layers=n_layers, hidden_size=7, max_iterations=1
    )
    return {"widths_of_hidden_layers": widths}


@activation_networks.expects
def _(rng):
    n_layers = int(rng.integers(3, 6))
    return {"widths_of_hidden_layers": equal([7] * 3 * (n_layers - 1))}


# ---- bonus: momentum, Dropout, BatchNorm


def momentum_case(rng):
    """Return lr, momentum, weights and the gradients of five steps."""
    return (
        rng.uniform(0.05, 0.5),
        rng.uniform(0.3, 0.95),
        rng.normal(size=6),
        rng.normal(size=(5, 6)),
    )


@check(part="bonus_optimiser", points="0.2")
def momentum_steps(sub, rng):
    """
    ru: Пять шагов SGD с импульсом ведут туда, куда должны, и данный массив весов не портят.
    en: Five steps of SGD with momentum lead where they must, and spoil no array of weights.
    hint ru: Скорость живёт между шагами, а перед первым равна нулю.
    hint en: The velocity lives from step to step and is zero before the first.
    """
    lr, momentum, weights, grads = momentum_case(rng)
    optimiser = sub.SGD(lr, momentum)
    path = [weights]
    for grad in grads:
        path.append(optimiser.step(path[-1], grad))
    return {"path": path}


@momentum_steps.expects
def _(rng):
    lr, momentum, weights, grads = momentum_case(rng)
    # A gradient adds up to lr · (1 + m + m² + …) of itself, a term more with every step.
    age = np.subtract.outer(np.arange(6), np.arange(5))
    share = np.where(age > 0, (1 - momentum ** np.maximum(age, 0)) / (1 - momentum), 0)
    return {"path": close(weights - lr * share @ grads)}


class Recorded:
    """An optimiser that notes gradients and goes straight down by ``lr``."""

    def __init__(self, lr):
        self.lr, self.grads = lr, []

    def step(self, weights, grad):
        self.grads.append(np.array(grad))
        return weights - self.lr * grad


@check(part="bonus_optimiser", points="0.15", needs=NETWORK)
def minibatch_training(sub, rng):
    """
    ru: За эпоху каждый объект встречается ровно один раз, порядок всякий раз новый.
    en: In an epoch each example comes exactly once, in an order that is new each time.
    """
    data, _ = overlapping_classes(rng)

    def train(lr, n_epochs, batch_size):
        network = sub.make_network(4, 5, 3, 1, sub.ReLU, init=lambda i, o, _: np.zeros((o, i)))
        optimiser = Recorded(lr)
        history = sub.train_minibatches(
            network, *data, optimiser, n_epochs=n_epochs, rng=rng, batch_size=batch_size
        )
        return sub.get_weights(network), np.array(optimiser.grads), len(history.loss)

    weights, _, n_entries = train(0.5, 3, 150)
    _, grads, _ = train(0.0, 2, 60)
    return {
        "weights_after_three_epochs": weights,
        "n_entries_of_history": n_entries,
        "n_steps": len(grads),
        "sum_over_epoch": np.tensordot([60, 60, 30], grads[:3], 1),
        "orders_differ": not np.allclose(grads[0], grads[3]),
    }


@minibatch_training.expects
def _(rng):
    data, _ = overlapping_classes(rng)
    X = np.append(data.X_train, np.ones((150, 1)), axis=1)
    coefficients = np.zeros((3, 5))
    first = None
    for _step in range(3):
        residual = np.exp(log_softmax(X @ coefficients.T, axis=1)) - np.eye(3)[data.y_train]
        gradient = residual.T @ X / 150
        first = gradient if first is None else first
        coefficients = coefficients - 0.5 * gradient

    def flat(matrix):
        return np.append(matrix[:, :4].ravel(), matrix[:, 4])

    return {
        "weights_after_three_epochs": close(flat(coefficients)),
        "n_entries_of_history": equal(4),
        "n_steps": equal(6),
        "sum_over_epoch": close(150 * flat(first)),
        "orders_differ": equal(True),
    }


@check(
    part="bonus_optimiser",
    points="0.15",
    needs=[*TRAINING, "momentum_steps", "minibatch_training"],
)
def momentum_and_lbfgs(sub, rng):
    """
    ru: Обучают сеть оба метода; строка 0 — импульс, строка 1 — L-BFGS.
    en: Both methods train the network; row 0 is momentum, row 1 is L-BFGS.
    """
    data = disguised_digits(rng)
    untrained, trained = (
        np.asarray(
            sub.momentum_against_lbfgs(
                data,
                2,
                rng=rng,
                lr=0.05,
                n_epochs=n_epochs,
                max_iterations=40,
                n_layers=2,
                hidden_size=24,
            )
        )
        for n_epochs in (0, 20)
    )
    return {
        "accuracy_when_both_train": trained,
        "accuracy_without_epochs": untrained[0],
        "accuracy_of_lbfgs_beside_it": untrained[1],
    }


@momentum_and_lbfgs.expects
def _(rng):
    del rng
    return {
        "accuracy_when_both_train": between(0.6, 1, shape=(2, 2)),
        "accuracy_without_epochs": between(0, 0.4),
        "accuracy_of_lbfgs_beside_it": between(0.6, 1),
    }


def dropout_case(rng):
    return float(rng.uniform(0.2, 0.7)), rng.uniform(1, 2, size=(60, 50))


@check(part="bonus_dropout", points="0.4")
def dropout_forward(sub, rng):
    """
    ru: В обучении каждое число либо обнулено с вероятностью p, либо поделено на 1 − p.
    en: In training each number is either zeroed with probability p or divided by 1 − p.
    hint ru: Среднее выхода равно среднему входа. Маска своя у каждого числа и каждого вызова.
    hint en: The output keeps the input's mean. Each number and each call has its own mask.
    """
    p, input = dropout_case(rng)
    layer = sub.Dropout(p, rng=rng)
    output, again = layer.forward(input), layer.forward(input)
    return {
        "ratio_of_kept": np.unique(np.round((output / input)[output != 0], 9)),
        "share_of_zeros": np.mean(output == 0),
        "masks_differ": not np.array_equal(output == 0, again == 0),
        "rows_differ": len(np.unique(output == 0, axis=0)) > 1,
        "columns_differ": len(np.unique(output == 0, axis=1).T) > 1,
        "input_afterwards": input,
    }


@dropout_forward.expects
def _(rng):
    p, input = dropout_case(rng)
    spread = 6 * np.sqrt(p * (1 - p) / input.size)  # six deviations of a binomial share
    return {
        "ratio_of_kept": close(np.array([1 / (1 - p)])),
        "share_of_zeros": between(p - spread, p + spread),
        "masks_differ": equal(True),
        "rows_differ": equal(True),
        "columns_differ": equal(True),
        "input_afterwards": close(input),
    }


@check(part="bonus_dropout", points="0.3", needs=["dropout_forward"])
def dropout_backward(sub, rng):
    """
    ru: Градиент проходит через те же числа, что и сигнал, и с тем же множителем.
    en: The gradient passes through the same numbers as the signal, with the same factor.
    """
    p, input = dropout_case(rng)
    layer = sub.Dropout(p, rng=rng)
    output = layer.forward(input)
    grad_input, grad_params = layer.backward(input)  # so that both must be equal
    return {"grad_minus_output": grad_input - output, "n_grad_params": np.size(grad_params)}


@dropout_backward.expects
def _(rng):
    _, input = dropout_case(rng)
    return {"grad_minus_output": close(np.zeros(input.shape)), "n_grad_params": equal(0)}


@check(part="bonus_dropout", points="0.3")
def dropout_in_evaluation(sub, rng):
    """
    ru: В режиме применения Dropout ничего не меняет, в float32 остаётся float32.
    en: In evaluation Dropout changes nothing; in either mode float32 stays float32.
    """
    p, input = dropout_case(rng)
    layer = sub.Dropout(p, rng=rng)
    in_training = layer.forward(input.astype(np.float32))
    layer.eval()
    output = layer.forward(input)
    return {
        "output": output,
        "grad_input": layer.backward(2 * input)[0],
        "dtype_in_training": str(in_training.dtype),
    }


@dropout_in_evaluation.expects
def _(rng):
    _, input = dropout_case(rng)
    return {
        "output": close(input),
        "grad_input": close(2 * input),
        "dtype_in_training": equal("float32"),
    }


def batch_norm_case(rng):
    """Return gamma, beta, two batches of 6 by 3, and gradients by the outputs."""
    gamma, beta = rng.uniform(0.5, 2, size=3), rng.normal(size=3)
    batches = rng.normal(rng.normal(size=3), rng.uniform(0.5, 3, size=3), size=(2, 6, 3))
    return gamma, beta, batches, rng.normal(size=(6, 3))


def batch_norm_layer(sub, gamma, beta, **settings):
    layer = sub.BatchNorm(3, **settings)
    layer.gamma[...], layer.beta[...] = gamma, beta
    return layer


def normalised(batch, gamma, beta, eps):
    """Return BatchNorm of a batch in training, computed on sums of powers."""
    mean = np.einsum("bf->f", batch) / len(batch)
    variance = np.einsum("bf,bf->f", batch - mean, batch - mean) / len(batch)
    return gamma * (batch - mean) * (variance + eps) ** -0.5 + beta


@check(part="bonus_batchnorm", points="0.25")
def batch_norm_forward(sub, rng):
    """
    ru: В обучении каждый признак нормирован по своему батчу, затем растянут и сдвинут.
    en: In training each feature is normalised over its batch, then stretched and shifted.
    hint ru: Дисперсия, на которую нормируют, делится на n. Где стоит eps: под корнем или снаружи?
    hint en: The variance that normalises is over n. Where is eps: under the root or outside?
    """
    gamma, beta, (batch, _), _ = batch_norm_case(rng)
    return {"output": batch_norm_layer(sub, gamma, beta, eps=0.3).forward(batch)}


@batch_norm_forward.expects
def _(rng):
    gamma, beta, (batch, _), _ = batch_norm_case(rng)
    return {"output": close(normalised(batch, gamma, beta, 0.3))}


@check(part="bonus_batchnorm", points="0.25")
def batch_norm_running(sub, rng):
    """
    ru: Накопленные среднее и дисперсия после двух батчей — те, что задаёт momentum.
    en: The running mean and variance after two batches are those that momentum makes.
    hint ru: Доля чего momentum: новой статистики или старой? Что делит накопленную дисперсию?
    hint en: Is momentum the share of the new or of the old? What divides the running variance?
    """
    gamma, beta, batches, _ = batch_norm_case(rng)
    layer = batch_norm_layer(sub, gamma, beta, momentum=0.3)
    for batch in batches:
        layer.forward(batch)
    return {"running_mean": layer.running_mean, "running_var": layer.running_var}


@batch_norm_running.expects
def _(rng):
    _, _, (first, second), _ = batch_norm_case(rng)
    means = 0.3 * (0.7 * first.mean(axis=0) + second.mean(axis=0))
    variances = 0.49 + 0.3 * (0.7 * np.diag(np.cov(first.T)) + np.diag(np.cov(second.T)))
    return {"running_mean": close(means), "running_var": close(variances)}


@check(part="bonus_batchnorm", points="0.3", needs=["batch_norm_forward"])
def batch_norm_backward(sub, rng):
    """
    ru: Градиенты BatchNorm по входу, gamma и beta сходятся с численными.
    en: The gradients of BatchNorm by the input, gamma and beta agree with the numerical ones.
    hint ru: Среднее и дисперсия батча тоже зависят от входа.
    hint en: The mean and the variance of the batch depend on the input too.
    """
    gamma, beta, (batch, _), grad_output = batch_norm_case(rng)
    layer = batch_norm_layer(sub, gamma, beta, eps=0.3)
    layer.forward(batch)
    grad_input, grad_params = layer.backward(grad_output)
    return {
        "grad_input": grad_input,
        "grad_gamma": grad_params[:3],
        "grad_beta": grad_params[3:],
    }


@batch_norm_backward.expects
def _(rng):
    gamma, beta, (batch, _), grad_output = batch_norm_case(rng)

    def loss(x, gamma, beta):
        return np.sum(normalised(x, gamma, beta, 0.3) * grad_output)

    return {
        "grad_input": close(finite_differences(lambda x: loss(x, gamma, beta), batch), atol=1e-7),
        "grad_gamma": close(finite_differences(lambda g: loss(batch, g, beta), gamma), atol=1e-7),
        "grad_beta": close(finite_differences(lambda b: loss(batch, gamma, b), beta), atol=1e-7),
    }


@check(part="bonus_batchnorm", points="0.2")
def batch_norm_in_evaluation(sub, rng):
    """
    ru: В режиме применения работают накопленные статистики, и сами они не меняются.
    en: In evaluation the running statistics do the work, and they don't change.
    hint ru: Здесь среднее и дисперсия — постоянные: что остаётся от градиента по входу?
    hint en: Here mean and variance are constants: what is left of the gradient by the input?
    """
    gamma, beta, ((mean, *_), (variance, *rest)), grad_output = batch_norm_case(rng)
    layer = batch_norm_layer(sub, gamma, beta, eps=0.3)
    layer.running_mean, layer.running_var = mean.copy(), variance**2
    layer.eval()
    output = layer.forward(np.array(rest))
    return {
        "output": output,
        "output_of_one": layer.forward(np.array(rest[:1])),
        "grad_input": layer.backward(grad_output[:1])[0],
        "running_mean": layer.running_mean,
        "running_var": layer.running_var,
    }


@batch_norm_in_evaluation.expects
def _(rng):
    gamma, beta, ((mean, *_), (variance, *rest)), grad_output = batch_norm_case(rng)
    scale = gamma / np.sqrt(variance**2 + 0.3)
    output = (np.array(rest) - mean) * scale + beta
    return {
        "output": close(output),
        "output_of_one": close(output[:1]),
        "grad_input": close(grad_output[:1] * scale),
        "running_mean": close(mean),
        "running_var": close(variance**2),
    }
