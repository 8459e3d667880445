"""Checks of variational dropout in an explicit loop.

The oracles: torch.nn.LSTM where nothing is dropped; masks read off a layer whose gates are
saturated; and the equations with masks drawn as the statement says.
"""

import numpy as np
import torch

from praktikum.checks import between, check, close, equal

from .recurrent_weights import hiddens, told_of_mask, with_open_gates, with_weights
from .reference_lstm import drawn_mask, plain_hiddens, variational, weights_of
from .sequences import gradients, seeded, sequence_case

P_INPUT, P_HIDDEN = 0.25, 0.625
TIME, BATCH, SIZE = 4, 60, 50


def masks_of_input(layer):
    """Return the masks of x at every step, [time, batch, features], read off the output."""
    layer = with_open_gates(layer, SIZE, from_input=1.0)
    input = torch.full((TIME, BATCH, SIZE), 0.4, dtype=torch.float64)
    return np.arctanh(np.arctanh(hiddens(layer, input))) / 0.4


def masks_of_hidden(layer):
    """Return the masks of h at every step but the first, read off the output."""
    layer = with_open_gates(layer, SIZE, from_hidden=0.5, bias=0.3)
    input = torch.zeros(TIME, BATCH, SIZE, dtype=torch.float64)
    output = hiddens(layer, input)
    return (np.arctanh(np.arctanh(output[1:])) - 0.3) / (0.5 * output[:-1])


def dropping(sub, seed=None):
    """Return the layer that masks are read off."""
    generator = None if seed is None else seeded(seed)
    return sub.VariationalLSTM(SIZE, SIZE, P_INPUT, P_HIDDEN, generator=generator)


@check(part="variational_cells", points="0.1")
def cells_plain(sub, rng):
    """
    ru: В режиме применения и при нулевых вероятностях это обычная LSTM.
    en: In evaluation, and with both probabilities zero, it is a plain LSTM.
    hint ru: Что различают model.train() и model.eval()? С чего начинается последовательность?
    hint en: What do model.train() and model.eval() tell apart? What does a sequence start from?
    """
    input, state, seed = sequence_case(rng, num_layers=2)
    evaluated = with_weights(sub.VariationalLSTM(5, 3, num_layers=2), seed).eval()
    idle = with_weights(sub.VariationalLSTM(5, 3, 0.0, 0.0, num_layers=2), seed)
    return {
        "evaluation": hiddens(evaluated, input, state),
        "probabilities zero": hiddens(idle, input, state),
    }


@cells_plain.expects
def _(rng):
    input, state, seed = sequence_case(rng, num_layers=2)
    plain = close(plain_hiddens(seed, input, state, num_layers=2))
    return {"evaluation": plain, "probabilities zero": plain}


@check(part="variational_cells", points="0.15")
def cells_one_mask_of_a_sequence(sub, rng):
    """
    ru: У каждой последовательности одна маска x и одна маска h, они не меняются от шага к шагу.
    en: Each sequence has one mask of x and one of h, which don't change from step to step.
    hint ru: Что разыгрывается до цикла, а что в цикле? У x и у h маски разные.
    hint en: What is drawn before the loop, and what within? x and h have different masks.
    """
    layer = dropping(sub, int(rng.integers(2**31)))
    of_input, of_hidden = masks_of_input(layer), masks_of_hidden(layer)
    return {
        "change of the input's mask": np.ptp(of_input, axis=0).max(),
        "change of the hidden mask": np.ptp(of_hidden, axis=0).max(),
        "different masks of the input": len(np.unique(of_input[0].round(3), axis=0)),
        "different masks of the hidden": len(np.unique(of_hidden[0].round(3), axis=0)),
    }


@cells_one_mask_of_a_sequence.expects
def _(rng):
    del rng
    return {
        "change of the input's mask": close(0.0, atol=1e-6),
        "change of the hidden mask": close(0.0, atol=1e-6),
        "different masks of the input": equal(BATCH),
        "different masks of the hidden": equal(BATCH),
    }


@check(part="variational_cells", points="0.1", needs=["cells_one_mask_of_a_sequence"])
def cells_scale_of_masks(sub, rng):
    """
    ru: Доля нулей у каждой маски своя, а остальное увеличено так, что среднее не меняется.
    en: Each mask has its own share of zeros, and the rest is scaled up to keep the mean.
    hint ru: Маска из нулей и единиц уменьшает сумму в 1 / (1 − p) раз.
    hint en: A mask of zeros and ones makes a sum 1 / (1 − p) times smaller.
    """
    layer = dropping(sub, int(rng.integers(2**31)))
    of_input, of_hidden = masks_of_input(layer)[0], masks_of_hidden(layer)[0]
    told = {f"input: {key}": each for key, each in told_of_mask(of_input, P_INPUT).items()}
    told |= {f"hidden: {key}": each for key, each in told_of_mask(of_hidden, P_HIDDEN).items()}
    again = masks_of_input(layer)[0]
    return told | {"input: places alike in two calls": np.mean(np.isclose(of_input, again))}


@cells_scale_of_masks.expects
def _(rng):
    del rng
    near = 5 * np.sqrt(0.25 / (BATCH * SIZE))
    alike = P_INPUT**2 + (1 - P_INPUT) ** 2
    return {
        "input: distance from 0 or 1 / (1 - p)": close(0.0, atol=1e-6),
        "input: share of zeros": between(P_INPUT - near, P_INPUT + near),
        "hidden: distance from 0 or 1 / (1 - p)": close(0.0, atol=1e-6),
        "hidden: share of zeros": between(P_HIDDEN - near, P_HIDDEN + near),
        "input: places alike in two calls": between(alike - 0.05, alike + 0.05),
    }


@check(
    part="variational_cells",
    points="0.15",
    needs=["cells_plain", "cells_one_mask_of_a_sequence", "cells_scale_of_masks"],
)
def cells_sequence(sub, rng):
    """
    ru: С масками из данного генератора выходы и градиенты точны; ячейка и выход не маскируются.
    en: With masks of the given generator outputs and gradients are exact; cell and output are bare.
    hint ru: Порядок розыгрыша указан в docstring. Что отрывает тензор от графа вычислений?
    hint en: The docstring states the order of drawing. What cuts a tensor off the graph?
    """
    input, state, seed = sequence_case(rng)
    layer = sub.VariationalLSTM(5, 3, P_INPUT, P_HIDDEN, generator=seeded(seed))
    layer = with_weights(layer, seed)
    output, (_, c) = layer(input.requires_grad_(), state)
    by_input, by_hidden = gradients(output, input, layer.weight_hh_l0)
    return {
        "output": output.detach(),
        "last cell": c.detach(),
        "gradient by the input": by_input,
        "gradient by weight_hh": by_hidden,
    }


@cells_sequence.expects
def _(rng):
    input, state, seed = sequence_case(rng)
    weights, generator = weights_of(seed, 5, 3), seeded(seed)
    mask_x = drawn_mask(generator, P_INPUT, 3, 5)
    mask_h = drawn_mask(generator, P_HIDDEN, 3, 3)
    input.requires_grad_()
    output, c = variational(input, state, weights, mask_x, mask_h)
    by_input, by_hidden = gradients(output, input, weights["weight_hh"])
    return {
        "output": close(output.detach()),
        "last cell": close(c.detach()[None]),
        "gradient by the input": close(by_input),
        "gradient by weight_hh": close(by_hidden),
    }
