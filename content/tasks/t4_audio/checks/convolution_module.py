"""Checks of the Conformer's convolution module and of its parts.

The oracles: sums by loops and statistics of real steps, in NumPy.
"""

from functools import partial

import numpy as np
import torch
from scipy.special import expit

from praktikum.checks import check, close

from .drawn_weights import drawn, with_weights
from .reference_conformer import convolution, depthwise, linear, swish, within

SIZE = 6


def steps_case(rng):
    """Return a seed, steps [batch, time, features], and which of them are real."""
    seed = int(rng.integers(2**31))
    lengths = rng.permutation([7, 4, 5])
    return seed, rng.normal(size=(3, 7, SIZE)), np.arange(7) < lengths[:, None]


@check(part="conformer", points="0.25")
def depthwise_values(sub, rng):
    """
    ru: Каждый признак свёрнут со своим ядром; длина прежняя; causal не смотрит вперёд.
    en: Each feature is convolved with its own kernel; the length stays; causal never looks ahead.
    hint ru: Сколько нулей нужно до первого шага, а сколько после последнего?
    hint en: How many zeros are needed before the first step, and how many after the last?
    """
    seed, steps, _ = steps_case(rng)
    observed = {}
    for causal in (False, True):
        layer = with_weights(sub.DepthwiseConvolution(SIZE, 5, causal), seed)
        observed[f"causal={causal}"] = layer(torch.from_numpy(steps)).detach()
    return observed


@depthwise_values.expects
def _(rng):
    seed, steps, _ = steps_case(rng)
    kernels = drawn(seed, "weight", (SIZE, 1, 5))[:, 0]
    return {
        f"causal={causal}": close(np.array([depthwise(kernels, each, *sides) for each in steps]))
        for causal, sides in ((False, (2, 2)), (True, (4, 0)))
    }


@check(part="conformer", points="0.2")
def norm_of_steps(sub, rng):
    """
    ru: Среднее и дисперсия — по настоящим шагам всех последовательностей; дополнение в них не входит.
    en: Mean and variance are over the real steps of all sequences; padding has no part in them.
    hint ru: По каким осям усредняет BatchNorm1d? Что она запоминает для применения?
    hint en: Over which axes does BatchNorm1d average? What does it remember for evaluation?
    """
    seed, steps, real = steps_case(rng)
    steps[~real] = 50
    norm = with_weights(sub.StepBatchNorm(SIZE), seed)
    arrays = torch.from_numpy(steps), torch.from_numpy(real)
    return {
        "evaluation": norm.eval()(*arrays).detach()[arrays[1]],
        "training": norm.train()(*arrays).detach(),
        "running mean": norm.running_mean.clone(),
        "running variance": norm.running_var.clone(),
        "without padding": norm(arrays[0]).detach(),
    }


def normalised(seed, steps, mean, variance):
    weight, bias = drawn(seed, "weight", (SIZE,)), drawn(seed, "bias", (SIZE,))
    return (steps - mean) / np.sqrt(variance + 1e-5) * weight + bias


@norm_of_steps.expects
def _(rng):
    seed, steps, real = steps_case(rng)
    steps[~real] = 50
    chosen, count = steps[real], real.sum()
    mean, variance = chosen.mean(axis=0), chosen.var(axis=0)
    running = [drawn(seed, f"running_{name}", (SIZE,)) for name in ("mean", "var")]
    every = steps.reshape(-1, SIZE)
    return {
        "evaluation": close(normalised(seed, chosen, *running)),
        "training": close(normalised(seed, steps, mean, variance) * real[..., None]),
        "running mean": close(0.9 * running[0] + 0.1 * mean),
        "running variance": close(0.9 * running[1] + 0.1 * variance * count / (count - 1)),
        "without padding": close(normalised(seed, steps, every.mean(axis=0), every.var(axis=0))),
    }


@check(part="conformer", points="0.3", needs=["depthwise_values", "norm_of_steps"])
def convolution_module(sub, rng):
    """
    ru: Вентиль, свёртка, нормализация, Swish, линейный слой; дополнение ни на что не влияет.
    en: Gate, convolution, normalisation, Swish, linear layer; padding has no influence.
    hint ru: Какая половина идёт через сигмоиду? Чем дополнение должно быть перед свёрткой?
    hint en: Which half goes through the sigmoid? What must padding be before the convolution?
    """
    seed, steps, real = steps_case(rng)
    arrays = torch.from_numpy(steps), torch.from_numpy(real)
    with torch.no_grad():
        alone = with_weights(sub.ConvolutionModule(SIZE, 3, norm="layer"), seed)(arrays[0])
        padded = with_weights(sub.ConvolutionModule(SIZE, 3), seed).train()(*arrays)
    return {"layer norm": alone, "batch norm, padded": padded[arrays[1]]}


def module_of_padded(weight, steps, real):
    """Return what the module with batch normalisation, in training, makes of the real steps."""
    kernels = weight("depthwise.weight", (SIZE, 1, 3))[:, 0]
    mixed = []
    for each, valid in zip(steps, real, strict=True):
        gated = linear(within(weight, "gate"), each[valid], 2 * SIZE, bias=False)
        mixed.append(depthwise(kernels, gated[:, :SIZE] * expit(gated[:, SIZE:]), 1, 1))
    joined = np.concatenate(mixed)
    centred = (joined - joined.mean(axis=0)) / np.sqrt(joined.var(axis=0) + 1e-5)
    normed = centred * weight("norm.weight", (SIZE,)) + weight("norm.bias", (SIZE,))
    return linear(within(weight, "linear"), swish(normed), SIZE, bias=False)


@convolution_module.expects
def _(rng):
    seed, steps, real = steps_case(rng)
    weight = partial(drawn, seed)
    alone = np.array([convolution(weight, each, 3, causal=False) for each in steps])
    return {
        "layer norm": close(alone),
        "batch norm, padded": close(module_of_padded(weight, steps, real)),
    }
