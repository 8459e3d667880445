"""Checks of Zoneout.

The oracles: torch.nn.LSTM where nothing stays; numbers that can be told apart, old from new; and
the equations with choices drawn as the statement says.
"""

import numpy as np
import torch

from praktikum.checks import between, check, close, equal
from praktikum.sequence.masks import draw_bernoulli

from .recurrent_weights import hiddens, with_weights
from .reference_lstm import plain_hiddens, step, weights_of
from .sequences import gradients, seeded, sequence_case

P_HIDDEN, P_CELL = 0.25, 0.625


@check(part="bonus_zoneout", points="0.15")
def zoneout_choices(sub, rng):
    """
    ru: При обучении каждое число — старое с вероятностью p, иначе новое, и ничего третьего.
    en: In training each number is the old one with probability p, else the new one, nothing third.
    hint ru: Здесь ничего не обнуляется и не увеличивается. Каждое число решает само за себя.
    hint en: Nothing is zeroed or scaled here. Each number decides for itself.
    """
    generator = seeded(int(rng.integers(2**31)))
    old, new = torch.full((60, 50), 3.0), torch.full((60, 50), 7.0)
    chosen = sub.zone_out(old, new, P_CELL, True, generator).numpy()
    return {
        "values": np.unique(chosen),
        "share of old numbers": np.mean(chosen == 3),
        "different rows": len(np.unique(chosen, axis=0)),
        "different columns": len(np.unique(chosen, axis=1).T),
        "with p = 0": sub.zone_out(old, new, 0.0, True, generator).unique(),
    }


@zoneout_choices.expects
def _(rng):
    del rng
    near = 5 * np.sqrt(0.24 / 3000)
    return {
        "values": equal([3.0, 7.0]),
        "share of old numbers": between(P_CELL - near, P_CELL + near),
        "different rows": equal(60),
        "different columns": equal(50),
        "with p = 0": equal([7.0]),
    }


@check(part="bonus_zoneout", points="0.05")
def zoneout_expectation(sub, rng):
    """
    ru: При применении получается математическое ожидание.
    en: In evaluation the result is the expectation.
    """
    old, new = (torch.from_numpy(rng.normal(size=(3, 4))) for _ in range(2))
    return {"mixture": sub.zone_out(old, new, 0.3, False)}


@zoneout_expectation.expects
def _(rng):
    old, new = (rng.normal(size=(3, 4)) for _ in range(2))
    return {"mixture": close(np.average([old, new], axis=0, weights=[3, 7]))}


@check(part="bonus_zoneout", points="0.1", needs=["zoneout_choices", "zoneout_expectation"])
def zoneout_sequence(sub, rng):
    """
    ru: Слой оставляет прежними числа c и h, каждое со своей вероятностью; градиенты точны.
    en: The layer lets numbers of c and of h stay, each with its probability; gradients are exact.
    hint ru: Новое h считается по новому c — до того, как часть c осталась прежней.
    hint en: The new h is made of the new c, before some of c stays as it was.
    """
    input, state, seed = sequence_case(rng)
    observed = {}
    for name, training in {"training": True, "evaluation": False}.items():
        layer = sub.ZoneoutLSTM(5, 3, P_HIDDEN, P_CELL, True, generator=seeded(seed))
        layer = with_weights(layer, seed).train(training)
        output, (_, cell) = layer(input, state)
        observed[f"{name}: output"] = output.detach()
        observed[f"{name}: last cell"] = cell.detach()
        (observed[f"{name}: gradient by weight_hh"],) = gradients(output, layer.weight_hh_l0)
    plain = sub.ZoneoutLSTM(5, 3, P_HIDDEN, P_CELL)
    return observed | {
        "without expectation": hiddens(with_weights(plain, seed).eval(), input, state)
    }


def share_of_old(old, p, training, generator):
    """Return 1 where a number stays and 0 where it doesn't, or p where all do in part."""
    return draw_bernoulli(old, p, generator).double() if training else p


@zoneout_sequence.expects
def _(rng):
    input, (h_0, c_0), seed = sequence_case(rng)
    expected = {}
    for name, training in {"training": True, "evaluation": False}.items():
        weights, generator = weights_of(seed, 5, 3), seeded(seed)
        h, c, outputs = h_0[0], c_0[0], []
        for x in input:
            new_h, new_c = step(x, h, c, weights)
            c = c + (1 - share_of_old(c, P_CELL, training, generator)) * (new_c - c)
            h = h + (1 - share_of_old(h, P_HIDDEN, training, generator)) * (new_h - h)
            outputs.append(h)
        output = torch.stack(outputs)
        (gradient,) = gradients(output, weights["weight_hh"])
        expected[f"{name}: output"] = close(output.detach())
        expected[f"{name}: last cell"] = close(c.detach()[None])
        expected[f"{name}: gradient by weight_hh"] = close(gradient)
    plain = plain_hiddens(seed, input, (h_0, c_0))
    return expected | {"without expectation": close(plain)}
