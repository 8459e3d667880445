"""Checks of Semeniuta's dropout of the cell's update.

The oracles: torch.nn.LSTM where nothing is dropped; masks read off a layer whose gates are
saturated; and the equations with masks drawn as the statement says.
"""

import numpy as np
import torch

from praktikum.checks import between, check, close

from .recurrent_weights import hiddens, told_of_mask, with_open_gates, with_weights
from .reference_lstm import drawn_mask, plain_hiddens, step, weights_of
from .sequences import gradients, seeded, sequence_case

P = 0.375
TIME, BATCH, SIZE = 5, 50, 40


def masks_of_update(sub, rng, per_step):
    """Return the masks of g at every step, [time, batch, hidden]: what the cell gained, over g."""
    generator = seeded(int(rng.integers(2**31)))
    layer = sub.RecurrentDropoutLSTM(SIZE, SIZE, P, per_step, generator=generator)
    layer = with_open_gates(layer, SIZE, bias=0.5, remembers=True)
    input = torch.zeros(TIME, BATCH, SIZE, dtype=torch.float64)
    cells = np.arctanh(hiddens(layer, input))
    return np.diff(cells, axis=0, prepend=0) / np.tanh(0.5)


@check(part="recurrent_dropout", points="0.15")
def update_plain(sub, rng):
    """
    ru: В режиме применения и при p = 0 это обычная LSTM.
    en: In evaluation, and with p = 0, it is a plain LSTM.
    hint ru: Порядок ворот — i, f, g, o. С чего начинается последовательность?
    hint en: The order of gates is i, f, g, o. What does a sequence start from?
    """
    input, state, seed = sequence_case(rng, num_layers=2)
    evaluated = with_weights(sub.RecurrentDropoutLSTM(5, 3, num_layers=2), seed).eval()
    idle = with_weights(sub.RecurrentDropoutLSTM(5, 3, 0.0, num_layers=2), seed)
    return {
        "evaluation": hiddens(evaluated, input, state),
        "p = 0": hiddens(idle, input, state),
    }


@update_plain.expects
def _(rng):
    input, state, seed = sequence_case(rng, num_layers=2)
    plain = close(plain_hiddens(seed, input, state, num_layers=2))
    return {"evaluation": plain, "p = 0": plain}


@check(part="recurrent_dropout", points="0.25", needs=["update_plain"])
def update_masks(sub, rng):
    """
    ru: Выпадает только прибавка к ячейке: запомненное живёт, оставшиеся числа увеличены.
    en: Only what the cell gains is dropped: what it remembers lives on, the rest is scaled up.
    hint ru: c' = f c + i d(g): внутри d стоит одна лишь g.
    hint en: c' = f c + i d(g): nothing but g stands within d.
    """
    return told_of_mask(masks_of_update(sub, rng, True), P)


@update_masks.expects
def _(rng):
    del rng
    near = 5 * np.sqrt(0.25 / (TIME * BATCH * SIZE))
    return {
        "distance from 0 or 1 / (1 - p)": close(0.0, atol=1e-6),
        "share of zeros": between(P - near, P + near),
    }


@check(part="recurrent_dropout", points="0.15", needs=["update_masks"])
def update_masks_in_time(sub, rng):
    """
    ru: С per_step маска на каждом шаге новая, без него — одна на всю последовательность.
    en: With per_step the mask is new at each step, without it there is one for the whole sequence.
    """
    anew, once = (masks_of_update(sub, rng, per_step).round(3) for per_step in (True, False))
    return {
        "places alike at neighbouring steps, per_step": np.mean(anew[1:] == anew[:-1]),
        "places alike at neighbouring steps, else": np.mean(once[1:] == once[:-1]),
        "places alike in neighbouring sequences": np.mean(once[:, 1:] == once[:, :-1]),
    }


@update_masks_in_time.expects
def _(rng):
    del rng
    alike = P**2 + (1 - P) ** 2
    return {
        "places alike at neighbouring steps, per_step": between(alike - 0.05, alike + 0.05),
        "places alike at neighbouring steps, else": close(1.0),
        "places alike in neighbouring sequences": between(alike - 0.07, alike + 0.07),
    }


@check(part="recurrent_dropout", points="0.25", needs=["update_masks", "update_masks_in_time"])
def update_sequence(sub, rng):
    """
    ru: С масками из данного генератора выходы, последняя ячейка и градиенты точны.
    en: With masks of the given generator outputs, the last cell and gradients are exact.
    hint ru: Сколько масок разыграно на каждом шаге? Что отрывает тензор от графа вычислений?
    hint en: How many masks are drawn at each step? What cuts a tensor off the graph?
    """
    input, state, seed = sequence_case(rng)
    observed = {}
    for name, per_step in {"per step": True, "once": False}.items():
        layer = sub.RecurrentDropoutLSTM(5, 3, P, per_step, generator=seeded(seed))
        layer = with_weights(layer, seed)
        output, (_, cell) = layer(input, state)
        observed[f"{name}: output"] = output.detach()
        observed[f"{name}: last cell"] = cell.detach()
        (observed[f"{name}: gradient by weight_hh"],) = gradients(output, layer.weight_hh_l0)
    return observed


@update_sequence.expects
def _(rng):
    input, (h_0, c_0), seed = sequence_case(rng)
    expected = {}
    for name, n_masks in {"per step": len(input), "once": 1}.items():
        weights, generator = weights_of(seed, 5, 3), seeded(seed)
        masks = [drawn_mask(generator, P, 3, 3) for _ in range(n_masks)]
        h, c, outputs = h_0[0], c_0[0], []
        for time, x in enumerate(input):
            h, c = step(x, h, c, weights, masks[time % n_masks])
            outputs.append(h)
        output = torch.stack(outputs)
        (gradient,) = gradients(output, weights["weight_hh"])
        expected[f"{name}: output"] = close(output.detach())
        expected[f"{name}: last cell"] = close(c.detach()[None])
        expected[f"{name}: gradient by weight_hh"] = close(gradient)
    return expected
