"""Checks of the exercises of seminar 3.

The oracles: the binomial law for Dropout, PyTorch's own BatchNorm, NumPy's sliding windows,
closed forms for the gradients (a quadratic critic, softmax regression), scikit-learn's scaler.
"""

import numpy as np
import scipy.special
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn

from praktikum.checks import between, check, close, equal


def torch_seed(rng):
    return int(rng.integers(2**31))


def probability(rng):
    return float(rng.uniform(0.2, 0.7))


@check(part="dropout")
def dropout_scale(sub, rng):
    """
    ru: В обучении каждый элемент либо обнулён, либо поделён на 1 − p.
    en: In training every element is either zeroed or divided by 1 − p.
    hint ru: Чему равно среднее выхода, если масштаб забыть?
    hint en: What is the mean of the output if the scale is forgotten?
    """
    p = probability(rng)
    generator = torch.Generator().manual_seed(torch_seed(rng))
    ones = torch.ones(400, 50, dtype=torch.float64)
    output = sub.inverted_dropout(ones, p, True, generator).numpy()
    return {
        "values": np.unique(output),
        "share_of_zeros": np.mean(output == 0),
        "mean": output.mean(),
        "rows_differ": len(np.unique(output != 0, axis=0)) > 1,
    }


@dropout_scale.expects
def _(rng):
    p = probability(rng)
    spread = 6 * np.sqrt(p * (1 - p) / 20_000)  # six standard deviations of a binomial share
    return {
        "values": close(np.array([0, 1 / (1 - p)])),
        "share_of_zeros": between(p - spread, p + spread),
        "mean": between(1 - spread / (1 - p), 1 + spread / (1 - p)),
        "rows_differ": equal(True),
    }


@check(part="dropout")
def dropout_eval(sub, rng):
    """
    ru: Вне обучения вход возвращается как есть.
    en: Outside of training the input comes back as it is.
    """
    values = torch.from_numpy(rng.normal(size=(5, 4)))
    return {"output": sub.inverted_dropout(values, 0.5, False).numpy()}


@dropout_eval.expects
def _(rng):
    return {"output": close(rng.normal(size=(5, 4)), rtol=0, atol=0)}


@check(part="dropout")
def dropout_gradient(sub, rng):
    """
    ru: Градиент проходит ровно через те элементы, что выжили, и с тем же множителем.
    en: The gradient passes through exactly those elements that survived, with the same factor.
    """
    values = torch.from_numpy(rng.uniform(1, 2, size=(6, 8))).requires_grad_()
    generator = torch.Generator().manual_seed(torch_seed(rng))
    output = sub.inverted_dropout(values, 0.4, True, generator)
    (gradient,) = torch.autograd.grad(output.sum(), values)
    return {
        "gradient_minus_factor": (gradient - output.detach() / values.detach()).numpy(),
        "largest_gradient": gradient.max().numpy(),
    }


@dropout_gradient.expects
def _(rng):
    del rng  # the law does not depend on the input
    return {"gradient_minus_factor": close(np.zeros((6, 8))), "largest_gradient": close(1 / 0.6)}


def normalisation_case(rng):
    batch = rng.normal(rng.normal(size=4), rng.uniform(0.5, 3, size=4), size=(6, 4))
    return batch, rng.normal(size=4), rng.uniform(0.5, 2, size=4), rng.normal(size=(6, 4))


def normalise(sub, rng, training, momentum=0.1):
    batch, mean, var, grad_output = map(torch.from_numpy, normalisation_case(rng))
    batch.requires_grad_()
    output = sub.batch_norm(batch, mean, var, training, momentum, 1e-3)
    (gradient,) = torch.autograd.grad(output, batch, grad_output)
    return {
        "output": output.detach().numpy(),
        "gradient": gradient.numpy(),
        "running_mean": mean.detach().numpy(),
        "running_var": var.detach().numpy(),
        "running_requires_grad": mean.requires_grad or var.requires_grad,
    }


def normalised_by_torch(rng, training, momentum=0.1):
    batch, mean, var, grad_output = map(torch.from_numpy, normalisation_case(rng))
    batch.requires_grad_()
    output = nn.functional.batch_norm(
        batch, mean, var, training=training, momentum=momentum, eps=1e-3
    )
    output.backward(grad_output)
    return {
        "output": close(output.detach().numpy()),
        "gradient": close(batch.grad.numpy()),
        "running_mean": close(mean.numpy()),
        "running_var": close(var.numpy()),
        "running_requires_grad": equal(False),
    }


@check(part="batch-norm")
def batch_norm_train(sub, rng):
    """
    ru: В обучении выход и градиент такие же, как у слоя PyTorch.
    en: In training the output and the gradient are those of PyTorch's layer.
    hint ru: Какой дисперсией нормируют: делённой на n или на n − 1?
        Проходит ли градиент через среднее?
    hint en: Which variance normalises, the one over n or the one over n − 1?
        Does the gradient pass through the mean?
    """
    observed = normalise(sub, rng, training=True)
    return {name: observed[name] for name in ("output", "gradient")}


@batch_norm_train.expects
def _(rng):
    expected = normalised_by_torch(rng, training=True)
    return {name: expected[name] for name in ("output", "gradient")}


@check(part="batch-norm")
def batch_norm_running(sub, rng):
    """
    ru: Накопленные статистики сдвинуты на месте, вне графа, на долю momentum.
    en: The running statistics have moved in place, outside of the graph, by the share momentum.
    hint ru: У накопленной дисперсии знаменатель не тот, что у нормирующей.
    hint en: The running variance has another denominator than the normalising one.
    """
    observed = normalise(sub, rng, training=True, momentum=0.3)
    return {name: value for name, value in observed.items() if name.startswith("running")}


@batch_norm_running.expects
def _(rng):
    expected = normalised_by_torch(rng, training=True, momentum=0.3)
    return {name: value for name, value in expected.items() if name.startswith("running")}


@check(part="batch-norm")
def batch_norm_eval(sub, rng):
    """
    ru: Вне обучения работают накопленные статистики, и сами они не меняются.
    en: Outside of training the running statistics do the work and don't change.
    """
    return normalise(sub, rng, training=False)


@batch_norm_eval.expects
def _(rng):
    return normalised_by_torch(rng, training=False)


def windows_case(rng):
    return rng.normal(size=(11, 3)), int(rng.integers(2, 5)), int(rng.integers(2, 4))


@check(part="strides")
def windows_values(sub, rng):
    """
    ru: Окна правильной формы с правильными значениями.
    en: The windows have the right shape and values.
    hint ru: Сколько окон помещается, если последнее касается самого конца?
    hint en: How many windows fit if the last one touches the very end?
    """
    table, width, step = windows_case(rng)
    signal = torch.from_numpy(table[:, 0].copy())
    return {
        "every_sample": sub.sliding_windows(signal, width).numpy(),
        "with_step": sub.sliding_windows(signal, width, step).numpy(),
        "whole": sub.sliding_windows(signal, 11, step).numpy(),
    }


@windows_values.expects
def _(rng):
    table, width, step = windows_case(rng)
    every = np.lib.stride_tricks.sliding_window_view(table[:, 0], width)
    return {
        "every_sample": close(every),
        "with_step": close(every[::step]),
        "whole": close(table[None, :, 0]),
    }


@check(part="strides")
def windows_share_memory(sub, rng):
    """
    ru: Окна смотрят в память сигнала: запись в сигнал видна в них.
    en: The windows look into the signal's memory: what is written into the signal is seen in them.
    """
    table, width, step = windows_case(rng)
    signal = torch.from_numpy(table[:, 0].copy())
    windows = sub.sliding_windows(signal, width, step)
    signal.neg_()
    return {"windows": windows.numpy()}


@windows_share_memory.expects
def _(rng):
    table, width, step = windows_case(rng)
    return {"windows": close(-np.lib.stride_tricks.sliding_window_view(table[:, 0], width)[::step])}


@check(part="strides")
def windows_of_a_column(sub, rng):
    """
    ru: Сигнал, который сам лежит в памяти с шагом и со смещением, режется верно.
    en: A signal that itself lies in memory with a stride and an offset is cut correctly.
    hint ru: У сигнала есть свои stride() и storage_offset().
    hint en: The signal has a stride() and a storage_offset() of its own.
    """
    table, width, step = windows_case(rng)
    return {"windows": sub.sliding_windows(torch.from_numpy(table)[2:, 1], width, step).numpy()}


@windows_of_a_column.expects
def _(rng):
    table, width, step = windows_case(rng)
    return {"windows": close(np.lib.stride_tricks.sliding_window_view(table[2:, 1], width)[::step])}


def sign_case(rng):
    values = rng.uniform(-2, 2, size=(7, 5))
    values[0] = [0.0, -1.0, 1.0, -1.5, 1.5]
    return values, rng.normal(size=(7, 5))


@check(part="function")
def sign_forward(sub, rng):
    """
    ru: Прямой проход даёт ±1 того же типа, что и вход.
    en: The forward pass gives ±1 in the dtype of the input.
    """
    values = sign_case(rng)[0]
    return {
        "double": sub.BinarySign.apply(torch.from_numpy(values)).numpy(),
        "single": sub.BinarySign.apply(torch.from_numpy(values).float()).numpy(),
    }


@sign_forward.expects
def _(rng):
    signs = np.where(np.signbit(sign_case(rng)[0]), -1, 1)
    return {"double": close(signs, dtype="float64"), "single": close(signs, dtype="float32")}


@check(part="function")
def sign_backward(sub, rng):
    """
    ru: Обратный проход пропускает пришедший градиент там, где |x| ≤ 1.
    en: The backward pass lets the incoming gradient through where |x| ≤ 1.
    hint ru: Правило цепочки: приходящий градиент умножается, а не заменяется.
    hint en: The chain rule: the incoming gradient is multiplied, not replaced.
    """
    values, grad_output = sign_case(rng)
    input = torch.from_numpy(values).requires_grad_()
    sub.BinarySign.apply(input).backward(torch.from_numpy(grad_output))
    return {"gradient": input.grad.numpy()}


@sign_backward.expects
def _(rng):
    values, grad_output = sign_case(rng)
    inside = np.clip(values, -1, 1) == values
    return {"gradient": close(np.where(inside, grad_output, 0))}


class QuadraticCritic(nn.Module):
    """½·xᵀAx + bᵀx: its gradient by x is known on paper."""

    def __init__(self, quadratic, linear):
        super().__init__()
        self.quadratic = nn.Parameter(torch.from_numpy(quadratic))
        self.linear = nn.Parameter(torch.from_numpy(linear))

    def forward(self, points):
        return 0.5 * (points @ self.quadratic * points).sum(dim=1) + points @ self.linear


def critic_case(rng):
    return rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=(8, 3))


def gradient_on_paper(quadratic, linear, points):
    gradient = 0.5 * points @ (quadratic + quadratic.T) + linear
    return gradient, np.linalg.norm(gradient, axis=1, keepdims=True)


@check(part="penalty")
def penalty_value(sub, rng):
    """
    ru: Значение штрафа верно, а чужие .grad и точки не тронуты.
    en: The value of the penalty is right; nobody's .grad and none of the points are touched.
    hint ru: Норма берётся для каждой точки отдельно.
    hint en: The norm is taken for each point on its own.
    """
    quadratic, linear, points = critic_case(rng)
    critic, points = QuadraticCritic(quadratic, linear), torch.from_numpy(points)
    penalty = sub.gradient_penalty(critic, points)
    return {
        "penalty": penalty.detach().numpy(),
        "grad_touched": any(parameter.grad is not None for parameter in critic.parameters()),
        "points_require_grad": points.requires_grad,
    }


@penalty_value.expects
def _(rng):
    _, norm = gradient_on_paper(*critic_case(rng))
    return {
        "penalty": close(np.mean((norm - 1) ** 2)),
        "grad_touched": equal(False),
        "points_require_grad": equal(False),
    }


@check(part="penalty")
def penalty_gradient(sub, rng):
    """
    ru: Штраф можно продифференцировать по параметрам критика.
    en: The penalty can be differentiated by the parameters of the critic.
    hint ru: Чтобы дифференцировать градиент, для него самого нужен граф.
    hint en: To differentiate a gradient, it needs a graph of its own.
    """
    quadratic, linear, points = critic_case(rng)
    critic = QuadraticCritic(quadratic, linear)
    sub.gradient_penalty(critic, torch.from_numpy(points)).backward()
    return {
        "by_quadratic": critic.quadratic.grad.numpy(),
        "by_linear": critic.linear.grad.numpy(),
    }


@penalty_gradient.expects
def _(rng):
    quadratic, linear, points = critic_case(rng)
    gradient, norm = gradient_on_paper(quadratic, linear, points)
    by_gradient = 2 * (norm - 1) * gradient / norm / len(points)
    outer = points.T @ by_gradient
    return {
        "by_quadratic": close(0.5 * (outer + outer.T)),
        "by_linear": close(by_gradient.sum(axis=0)),
    }


def table_case(rng):
    train = rng.normal(5, 3, size=(20, 4))
    train[:, 2] = 7.0  # a constant feature, like the corner pixels of the digits
    test = rng.normal(4, 1, size=(6, 4))
    return train, rng.integers(10, size=20), test, rng.integers(10, size=6)


def rows(dataset):
    features, targets = zip(*(dataset[i] for i in range(len(dataset))), strict=True)
    return np.stack([np.asarray(row) for row in features]), np.asarray(targets)


@check(part="dataset")
def dataset_train(sub, rng):
    """
    ru: Обучающая выборка: нулевое среднее, единичная дисперсия, постоянный признак стал нулём.
    en: The training set: zero mean, unit variance, the constant feature became zero.
    """
    train, targets, _, _ = table_case(rng)
    features, labels = rows(sub.StandardizedDataset(train, targets))
    return {"features": features, "targets": labels}


@dataset_train.expects
def _(rng):
    train, targets, _, _ = table_case(rng)
    return {
        "features": close(StandardScaler().fit_transform(train), rtol=1e-5, atol=1e-6),
        "targets": equal(targets),
    }


@check(part="dataset")
def dataset_test(sub, rng):
    """
    ru: Тестовая выборка преобразована статистиками обучающей.
    en: The test set is transformed with the statistics of the training set.
    hint ru: Если тест центрировать по себе, у теста всегда будет нулевое среднее.
    hint en: A test set centred by itself always has zero mean.
    """
    train, train_targets, test, test_targets = table_case(rng)
    fitted = sub.StandardizedDataset(train, train_targets)
    features, labels = rows(sub.StandardizedDataset(test, test_targets, train=fitted))
    return {"features": features, "targets": labels}


@dataset_test.expects
def _(rng):
    train, _, test, test_targets = table_case(rng)
    scaled = StandardScaler().fit(train).transform(test)
    return {"features": close(scaled, rtol=1e-5, atol=1e-6), "targets": equal(test_targets)}


@check(part="dataset")
def dataset_types(sub, rng):
    """
    ru: DataLoader собирает батч float32-признаков и int64-меток.
    en: A DataLoader collates a batch of float32 features and int64 targets.
    """
    train, targets, _, _ = table_case(rng)
    dataset = sub.StandardizedDataset(train, targets.astype(np.int32))
    features, labels = next(iter(torch.utils.data.DataLoader(dataset, batch_size=5)))
    return {
        "length": len(dataset),
        "shapes": [*features.shape, *labels.shape],
        "dtypes": [str(features.dtype), str(labels.dtype)],
    }


@dataset_types.expects
def _(rng):
    del rng
    return {
        "length": equal(20),
        "shapes": equal([5, 4, 5]),
        "dtypes": equal(["torch.float32", "torch.int64"]),
    }


def softmax_case(rng):
    return {
        "weight": rng.normal(size=(3, 4)),
        "bias": rng.normal(size=3),
        "inputs": rng.normal(size=(7, 4)),
        "targets": rng.integers(3, size=7),
    }


def softmax_regression(case):
    model = nn.Linear(4, 3, dtype=torch.float64)
    model.load_state_dict({name: torch.from_numpy(case[name]) for name in ("weight", "bias")})
    return model, torch.from_numpy(case["inputs"]), torch.from_numpy(case["targets"])


def softmax_loss_and_residual(case):
    """Return the mean cross-entropy and p − onehot, from the formulas."""
    log_p = scipy.special.log_softmax(case["inputs"] @ case["weight"].T + case["bias"], axis=1)
    loss = -log_p[np.arange(len(log_p)), case["targets"]].mean()
    return loss, np.exp(log_p) - np.eye(3)[case["targets"]]


@check(part="training")
def train_step_updates(sub, rng):
    """
    ru: После трёх шагов SGD веса и значения функции потерь те, что получаются по формулам.
    en: After three steps of SGD the weights and the losses are those of the formulas.
    hint ru: Сравните первый шаг со вторым: что осталось от первого?
    hint en: Compare the first step with the second: what is left of the first?
    """
    model, inputs, targets = softmax_regression(softmax_case(rng))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    losses = [sub.train_step(model, optimizer, inputs, targets) for _ in range(3)]
    return {
        "losses": [torch.as_tensor(loss, dtype=torch.float64).item() for loss in losses],
        "weight": model.weight.detach().numpy(),
        "bias": model.bias.detach().numpy(),
    }


@train_step_updates.expects
def _(rng):
    case = softmax_case(rng)
    losses = []
    for _step in range(3):
        loss, residual = softmax_loss_and_residual(case)
        losses.append(loss)
        case["weight"] = case["weight"] - 0.5 * residual.T @ case["inputs"] / 7
        case["bias"] = case["bias"] - 0.5 * residual.mean(axis=0)
    return {
        "losses": close(np.array(losses)),
        "weight": close(case["weight"]),
        "bias": close(case["bias"]),
    }


@check(part="training")
def train_step_mode(sub, rng):
    """
    ru: Во время шага модель находится в режиме обучения.
    en: During the step the model is in training mode.
    """
    model, inputs, targets = softmax_regression(softmax_case(rng))
    modes = []
    model.register_forward_hook(lambda module, *_: modes.append(module.training))
    model.eval()
    sub.train_step(model, torch.optim.SGD(model.parameters(), lr=0.1), inputs, targets)
    return {"training": modes}


@train_step_mode.expects
def _(rng):
    del rng
    return {"training": equal([True])}


@check(part="training")
def train_step_result(sub, rng):
    """
    ru: Возвращается обычное число Python, а не тензор с графом.
    en: A plain Python number comes back, not a tensor with a graph.
    """
    model, inputs, targets = softmax_regression(softmax_case(rng))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return {"type": type(sub.train_step(model, optimizer, inputs, targets)).__name__}


@train_step_result.expects
def _(rng):
    del rng
    return {"type": equal("float")}


@check(part="per-sample", timeout=30)
def per_sample_values(sub, rng):
    """
    ru: Градиент каждого объекта совпадает с формулой (p − y)·xᵀ.
    en: The gradient of each example is that of the formula (p − y)·xᵀ.
    hint ru: Первая ось каждого значения — номер объекта.
    hint en: The first axis of each value is the number of the example.
    """
    model, inputs, targets = softmax_regression(softmax_case(rng))
    gradients = sub.per_sample_gradients(model, inputs, targets)
    return {
        "weight": gradients["weight"].detach().numpy(),
        "bias": gradients["bias"].detach().numpy(),
    }


@per_sample_values.expects
def _(rng):
    case = softmax_case(rng)
    _, residual = softmax_loss_and_residual(case)
    return {
        "weight": close(residual[:, :, None] * case["inputs"][:, None, :]),
        "bias": close(residual),
    }


@check(part="per-sample", timeout=30)
def per_sample_untouched(sub, rng):
    """
    ru: Модель осталась прежней: .grad её параметров не тронуты.
    en: The model is as it was: the .grad of its parameters is untouched.
    """
    model, inputs, targets = softmax_regression(softmax_case(rng))
    model.weight.grad = torch.full_like(model.weight, 5.0)
    sub.per_sample_gradients(model, inputs, targets)
    return {
        "weight_grad": model.weight.grad.numpy(),
        "bias_has_grad": model.bias.grad is not None,
    }


@per_sample_untouched.expects
def _(rng):
    del rng
    return {"weight_grad": close(np.full((3, 4), 5.0)), "bias_has_grad": equal(False)}
