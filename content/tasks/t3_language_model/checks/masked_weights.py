"""Checks of variational dropout by masked weights.

The oracles: the parameters before anything was masked, and the equations of the LSTM with columns
zeroed as the statement says.
"""

import numpy as np
import torch

from praktikum.checks import between, check, close, equal

from .recurrent_weights import drawn, told_of_mask, with_weights
from .reference_lstm import drawn_mask, variational, weights_of
from .sequences import gradients, seeded, sequence_case

P_INPUT, P_HIDDEN = 0.25, 0.625
MATRICES = ("weight_ih_l0", "weight_hh_l0", "weight_ih_l1", "weight_hh_l1")
N_INPUTS, N_HIDDEN = 800, 200


def masking(sub, rng):
    """Return a layer of two layers with all weights one, so that masked weights are the masks."""
    seed = int(rng.integers(2**31))
    layer = sub.MaskedWeightLSTM(
        N_INPUTS, N_HIDDEN, P_INPUT, P_HIDDEN, num_layers=2, generator=seeded(seed)
    )
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.fill_(1.0)
    return layer


def masks(layer):
    """Return the masked weights as arrays, by name."""
    return {name: weight.detach().numpy() for name, weight in layer.masked_weights().items()}


@check(part="variational_weights", points="0.2")
def weights_lose_columns(sub, rng):
    """
    ru: Из каждой матрицы весов столбцы выпадают целиком, остальные увеличены; сдвиги не тронуты.
    en: Each weight matrix loses whole columns, the others are scaled up; biases are left alone.
    hint ru: (h ∘ m) Wᵀ = h (W ∘ m)ᵀ: число h умножается на столбец W. Вероятности у W_ih и W_hh разные.
    hint en: (h ∘ m) Wᵀ = h (W ∘ m)ᵀ: a number of h meets a column of W. W_ih and W_hh differ in p.
    """
    masked = masks(masking(sub, rng))
    told = {"names": " ".join(sorted(masked))}
    for name in MATRICES:
        mask, p = masked[name], P_INPUT if "ih" in name else P_HIDDEN
        told[f"{name}: change within a column"] = np.ptp(mask, axis=0).max()
        told |= {f"{name}: {key}": each for key, each in told_of_mask(mask, p).items()}
    return told


@weights_lose_columns.expects
def _(rng):
    del rng
    told = {"names": equal(" ".join(sorted(MATRICES)))}
    for name in MATRICES:
        p = P_INPUT if "ih" in name else P_HIDDEN
        near = 5 * np.sqrt(0.25 / (N_INPUTS if name == "weight_ih_l0" else N_HIDDEN))
        told[f"{name}: change within a column"] = close(0.0)
        told[f"{name}: distance from 0 or 1 / (1 - p)"] = close(0.0, atol=1e-5)
        told[f"{name}: share of zeros"] = between(p - near, p + near)
    return told


@check(part="variational_weights", points="0.1")
def weights_masks_differ(sub, rng):
    """
    ru: У каждой матрицы своя маска, и каждый вызов разыгрывает их заново.
    en: Each matrix has a mask of its own, and each call draws them anew.
    """
    layer = masking(sub, rng)
    once, again = masks(layer), masks(layer)
    zeros = {name: mask == 0 for name, mask in once.items()}
    return {
        "anew in each call": [bool((once[name] != again[name]).any()) for name in MATRICES],
        "input and hidden differ": bool((zeros["weight_ih_l1"] != zeros["weight_hh_l1"]).any()),
        "layers differ": bool((zeros["weight_hh_l0"] != zeros["weight_hh_l1"]).any()),
    }


@weights_masks_differ.expects
def _(rng):
    del rng
    return {
        "anew in each call": equal([True] * 4),
        "input and hidden differ": equal(True),
        "layers differ": equal(True),
    }


@check(part="variational_weights", points="0.05")
def weights_stay(sub, rng):
    """
    ru: Сами параметры от масок не меняются.
    en: The parameters themselves are not changed by masks.
    hint ru: *= и .data портят то, что учит оптимизатор.
    hint en: *= and .data spoil what the optimiser trains.
    """
    seed = int(rng.integers(2**31))
    layer = with_weights(sub.MaskedWeightLSTM(4, 3, P_INPUT, P_HIDDEN), seed)
    layer.masked_weights()
    return {name: parameter.detach() for name, parameter in layer.lstm.named_parameters()}


@weights_stay.expects
def _(rng):
    seed = int(rng.integers(2**31))
    shapes = {"weight_ih": (12, 4), "weight_hh": (12, 3), "bias_ih": (12,), "bias_hh": (12,)}
    return {f"{name}_l0": equal(drawn(seed, f"{name}_l0", shape)) for name, shape in shapes.items()}


@check(
    part="variational_weights",
    points="0.15",
    needs=["weights_lose_columns", "weights_masks_differ", "weights_stay"],
)
def weights_sequence(sub, rng):
    """
    ru: С масками из данного генератора выходы и градиенты параметров точны.
    en: With masks of the given generator outputs and the parameters' gradients are exact.
    hint ru: Градиент должен дойти до исходных весов. В каком порядке разыгрываются маски?
    hint en: The gradient must reach the weights as they were. In which order are masks drawn?
    """
    input, state, seed = sequence_case(rng)
    layer = sub.MaskedWeightLSTM(5, 3, P_INPUT, P_HIDDEN, generator=seeded(seed))
    layer = with_weights(layer, seed)
    output, _ = layer(input, state)
    by_input, by_hidden = gradients(output, layer.lstm.weight_ih_l0, layer.lstm.weight_hh_l0)
    return {
        "output": output.detach(),
        "gradient by weight_ih": by_input,
        "gradient by weight_hh": by_hidden,
    }


@weights_sequence.expects
def _(rng):
    input, state, seed = sequence_case(rng)
    weights, generator = weights_of(seed, 5, 3), seeded(seed)
    mask_x = drawn_mask(generator, P_INPUT, 1, 5)
    mask_h = drawn_mask(generator, P_HIDDEN, 1, 3)
    output, _ = variational(input, state, weights, mask_x, mask_h)
    by_input, by_hidden = gradients(output, weights["weight_ih"], weights["weight_hh"])
    return {
        "output": close(output.detach()),
        "gradient by weight_ih": close(by_input),
        "gradient by weight_hh": close(by_hidden),
    }
