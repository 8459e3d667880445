"""Checks of the exercises of seminar 6; every oracle goes another way than the solution does."""

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from praktikum.checks import Expectation, check, close, equal

FEATURES, HIDDEN = 3, 4


def tensor(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    """Normal numbers in float64."""
    return torch.from_numpy(rng.normal(size=shape))


def bptt_case(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """What `rnn_backward` is given, and the bias: six steps of three sequences."""
    shapes = {
        "grad_hiddens": (6, 3, HIDDEN),
        "input": (6, 3, FEATURES),
        "start": (3, HIDDEN),
        "weight_ih": (HIDDEN, FEATURES),
        "weight_hh": (HIDDEN, HIDDEN),
        "bias": (HIDDEN,),
    }
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def states(case: dict[str, np.ndarray]) -> np.ndarray:
    """The states of the network, (time, batch, hidden)."""
    hidden, every = case["start"], []
    for x in case["input"]:
        hidden = np.tanh(x @ case["weight_ih"].T + hidden @ case["weight_hh"].T + case["bias"])
        every.append(hidden)
    return np.stack(every)


@check(part="bptt")
def rnn_backward(sub, rng):
    """
    ru: Градиенты те же, что даёт autograd, когда потеря смотрит на все состояния.
    en: The gradients are those of autograd when the loss looks at all states.
    hint ru: В h[t] градиент приходит двумя дорогами; веса у всех шагов одни.
    hint en: A gradient comes to h[t] by two ways; all steps have the same weights.
    """
    case = bptt_case(rng)
    order = ("grad_hiddens", "input", "start", "hiddens", "weight_ih", "weight_hh")
    case["hiddens"] = states(case)
    return dict(sub.rnn_backward(*(case[name] for name in order)))


@rnn_backward.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    case = {name: torch.from_numpy(array) for name, array in bptt_case(rng).items()}
    outside = case.pop("grad_hiddens")
    network = nn.RNN(FEATURES, HIDDEN).double()
    leaves = {name: leaf.requires_grad_() for name, leaf in case.items()}
    weights = {f"{name}_l0": leaves[name] for name in ("weight_ih", "weight_hh")}
    weights |= {"bias_ih_l0": leaves["bias"], "bias_hh_l0": torch.zeros(HIDDEN).double()}
    output, _ = torch.func.functional_call(
        network, weights, (leaves["input"], leaves["start"][None])
    )
    output.backward(outside)
    return {name: close(leaf.grad.numpy(), rtol=1e-8) for name, leaf in leaves.items()}


def step_case(rng: np.random.Generator, gates: int, states: int) -> list[torch.Tensor]:
    """An input, states, and the weights of a cell, some of them large."""
    rows = gates * HIDDEN
    shapes = [(5, FEATURES), *[(5, HIDDEN)] * states, (rows, FEATURES), (rows, HIDDEN)]
    return [tensor(rng, *shape) for shape in shapes] + [tensor(rng, rows), tensor(rng, rows)]


@check(part="lstm")
def lstm_step(sub, rng):
    """
    ru: Состояния и градиенты те же, что у LSTMCell.
    en: The states and the gradients are those of LSTMCell.
    hint ru: Проверьте порядок вентилей и какой из них проходит через tanh.
    hint en: See to the order of the gates, and which of them passes through a tanh.
    """
    *given, bias, _ = step_case(rng, 4, 2)
    leaves = [leaf.requires_grad_() for leaf in (*given, bias)]
    hidden, cell = sub.lstm_step(*leaves)
    grads = torch.autograd.grad(hidden.sum() + (cell**2).sum(), leaves)
    observed = {f"gradient_{n}": grad.numpy() for n, grad in enumerate(grads)}
    return observed | {"hidden": hidden.detach().numpy(), "cell": cell.detach().numpy()}


@lstm_step.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    *given, bias, _ = step_case(rng, 4, 2)
    x, hidden, cell, weight_ih, weight_hh, bias = leaves = [
        leaf.requires_grad_() for leaf in (*given, bias)
    ]
    weights = {"weight_ih": weight_ih, "weight_hh": weight_hh, "bias_ih": bias}
    weights["bias_hh"] = torch.zeros_like(bias)
    network = nn.LSTMCell(FEATURES, HIDDEN).double()
    hidden, cell = torch.func.functional_call(network, weights, (x, (hidden, cell)))
    grads = torch.autograd.grad(hidden.sum() + (cell**2).sum(), leaves)
    expected: dict[str, Expectation] = {
        f"gradient_{n}": close(grad.numpy(), rtol=1e-8) for n, grad in enumerate(grads)
    }
    expected["hidden"] = close(hidden.detach().numpy(), rtol=1e-8)
    expected["cell"] = close(cell.detach().numpy(), rtol=1e-8)
    return expected


@check(part="gru")
def gru_step(sub, rng):
    """
    ru: Новое состояние то же, что у GRUCell.
    en: The new state is that of GRUCell.
    hint ru: При z = 1 состояние не меняется вовсе; r умножает и смещение b_hn.
    hint en: With z = 1 the state doesn't change at all; r multiplies the bias b_hn too.
    """
    return {"hidden": sub.gru_step(*step_case(rng, 3, 1)).numpy()}


@gru_step.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    x, hidden, *parameters = step_case(rng, 3, 1)
    network = nn.GRUCell(FEATURES, HIDDEN).double()
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    weights = dict(zip(names, parameters, strict=True))
    expected = torch.func.functional_call(network, weights, (x, hidden))
    return {"hidden": close(expected.detach().numpy(), rtol=1e-8)}


def clipping_case(rng: np.random.Generator) -> dict[str, tuple[list[np.ndarray], float]]:
    """Gradients that are too long, long enough, and nothing at all."""
    grads = [rng.normal(size=(3, 4)), rng.normal(size=5), rng.normal(size=())]
    zeros = [np.zeros((2, 2)), np.zeros(3)]
    return {"long": (grads, 0.5), "short": (grads, 100.0), "zero": (zeros, 1.0)}


@check(part="clipping")
def clip_by_norm(sub, rng):
    """
    ru: Длинный градиент укорочен до порога, короткий и нулевой не тронуты.
    en: A long gradient is shortened to the limit, a short one and zeros are left alone.
    hint ru: Норма одна на все массивы, и множитель тоже один.
    hint en: There is one norm for all the arrays, and one factor.
    """
    observed = {}
    for name, (grads, limit) in clipping_case(rng).items():
        before = [grad.copy() for grad in grads]
        clipped, norm = sub.clip_by_norm(grads, limit)
        observed[f"{name}_norm"] = norm
        for number, grad in enumerate(clipped):
            observed[f"{name}_{number}"] = grad
        same = (np.array_equal(a, b) for a, b in zip(before, grads, strict=True))
        observed[f"{name}_given_unchanged"] = all(same)
    return observed


@clip_by_norm.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    expected: dict[str, Expectation] = {}
    for name, (grads, limit) in clipping_case(rng).items():
        parameters = [nn.Parameter(torch.from_numpy(np.array(grad))) for grad in grads]
        for parameter, grad in zip(parameters, grads, strict=True):
            parameter.grad = torch.from_numpy(np.array(grad))
        norm = nn.utils.clip_grad_norm_(parameters, limit)
        expected[f"{name}_norm"] = close(norm.item())
        for number, parameter in enumerate(parameters):
            # torch divides by the norm and a millionth
            expected[f"{name}_{number}"] = close(parameter.grad.numpy(), rtol=1e-5)
        expected[f"{name}_given_unchanged"] = equal(True)
    return expected


def chunks_case(rng: np.random.Generator) -> tuple[nn.LSTM, torch.Tensor, int]:
    """A layer, eleven steps of two sequences, and a length that doesn't divide eleven."""
    layer = nn.LSTM(FEATURES, HIDDEN).double()
    for parameter in layer.parameters():
        parameter.data = tensor(rng, *parameter.shape) / 2
    return layer, tensor(rng, 11, 2, FEATURES), int(rng.integers(3, 5))


@check(part="chunks")
def run_in_chunks(sub, rng):
    """
    ru: Значения — как у одного длинного прохода, а градиент не переходит границ кусков.
    en: The values are those of one long run, but no gradient crosses from chunk to chunk.
    hint ru: Состояние передаётся дальше целиком, но без истории.
    hint en: The state is handed on whole, but without its history.
    """
    layer, input, chunk = chunks_case(rng)
    input.requires_grad_()
    output = sub.run_in_chunks(layer, input, chunk)
    (last,) = torch.autograd.grad(output[-1].sum(), input, retain_graph=True)
    (all_steps,) = torch.autograd.grad((output**2).sum(), input)
    observed = {"output": output.detach(), "from_last": last, "from_all": all_steps}
    return {name: part.numpy() for name, part in observed.items()}


@run_in_chunks.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # each chunk by itself, started from the states of a run without gradients
    layer, input, chunk = chunks_case(rng)
    with torch.no_grad():
        whole, _ = layer(input)
        starts = [layer(input[:t])[1] if t else None for t in range(0, len(input), chunk)]
    from_all, from_last = torch.zeros_like(input), torch.zeros_like(input)
    for number, start in enumerate(starts):
        place = slice(number * chunk, (number + 1) * chunk)
        part = input[place].clone().requires_grad_()
        output, _ = layer(part, start)
        (from_all[place],) = torch.autograd.grad((output**2).sum(), part, retain_graph=True)
        if number == len(starts) - 1:
            (from_last[place],) = torch.autograd.grad(output[-1].sum(), part)
    arrays = {"output": whole, "from_last": from_last, "from_all": from_all}
    return {name: close(array.numpy(), rtol=1e-8, atol=1e-10) for name, array in arrays.items()}


def lengths_case(rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """A padded batch with garbage in its padding, and lengths that don't grow."""
    lengths = np.sort(rng.integers(1, 7, size=5))[::-1].copy()
    lengths[1] = lengths[0]  # equal ones next to each other
    return tensor(rng, 8, 5, 2), torch.from_numpy(lengths)


@check(part="packing")
def pack(sub, rng):
    """
    ru: Данные и размеры батчей — как у PackedSequence, градиент доходит до входа.
    en: The data and batch sizes are those of PackedSequence, and gradients reach the input.
    hint ru: Данные лежат шаг за шагом, а не последовательность за последовательностью.
    hint en: The data lie step by step, not sequence by sequence.
    """
    padded, lengths = lengths_case(rng)
    padded.requires_grad_()
    data, batch_sizes = sub.pack(padded, lengths)
    (grad,) = torch.autograd.grad((data**3).sum(), padded)
    return {
        "data": data.detach().numpy(),
        "batch_sizes": batch_sizes.numpy(),
        "gradient": grad.numpy(),
    }


@pack.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    padded, lengths = lengths_case(rng)
    packed = pack_padded_sequence(padded, lengths)
    grad = 3 * padded.numpy() ** 2
    for sequence, length in enumerate(lengths.tolist()):
        grad[length:, sequence] = 0
    return {
        "data": equal(packed.data.numpy()),
        "batch_sizes": equal(packed.batch_sizes.numpy()),
        "gradient": close(grad),
    }


@check(part="reversal")
def reverse_sequences(sub, rng):
    """
    ru: Каждая последовательность перевёрнута в своих границах, набивка на месте.
    en: Each sequence is reversed within its own bounds, and the padding is in its place.
    hint ru: Шаг t берётся из lengths - 1 - t, если он не за концом.
    hint en: Step t is taken from lengths - 1 - t unless it lies beyond the end.
    """
    padded, lengths = lengths_case(rng)
    shuffled = lengths[torch.from_numpy(rng.permutation(len(lengths)))]
    padded.requires_grad_()
    turned = sub.reverse_sequences(padded, shuffled)
    weight = torch.arange(turned.numel(), dtype=torch.float64).view(turned.shape)
    (grad,) = torch.autograd.grad((turned * weight).sum(), padded)
    return {"reversed": turned.detach().numpy(), "gradient": grad.numpy()}


@reverse_sequences.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    padded, lengths = (part.numpy() for part in lengths_case(rng))
    shuffled = lengths[rng.permutation(len(lengths))]
    weight = np.arange(padded.size, dtype=float).reshape(padded.shape)
    for sequence, length in enumerate(shuffled):
        for array in (padded, weight):
            array[:length, sequence] = array[:length, sequence][::-1].copy()
    return {"reversed": equal(padded), "gradient": equal(weight)}
