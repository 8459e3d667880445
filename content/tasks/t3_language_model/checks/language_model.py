"""Checks of the language model.

The oracle: the same weights through torch.nn.LSTM of as many layers, one text at a time.
"""

import numpy as np
import torch

from praktikum.checks import between, check, close, equal

from .recurrent_weights import drawn, with_weights

N_TOKENS, SIZE, HIDDEN = 11, 4, 5


def untied(sub, seed, num_layers=2):
    """Return a model with drawn weights; the layers' parameters have the names of one layer each."""
    model = sub.LSTMLanguageModel(N_TOKENS, SIZE, HIDDEN, num_layers, tied=False)
    return with_weights(model, seed).eval()


def tokens_case(rng, time=6, batch=3):
    tokens = torch.from_numpy(rng.integers(N_TOKENS, size=(time, batch)))
    return tokens, int(rng.integers(2**31))


def reference_outputs(tokens, seed, num_layers=2):
    """Return the outputs of the last layer [time, batch, hidden], and the last c of each layer."""
    output = torch.from_numpy(drawn(seed, "weight", (N_TOKENS, SIZE))[tokens.numpy()])
    cells = []
    for layer in range(num_layers):
        lstm = with_weights(torch.nn.LSTM(HIDDEN if layer else SIZE, HIDDEN), seed)
        with torch.no_grad():
            output, (_, cell) = lstm(output)
        cells.append(cell[0].numpy())
    return output.numpy(), np.array(cells)


def reference_logits(outputs, seed):
    return outputs @ drawn(seed, "weight", (N_TOKENS, HIDDEN)).T + drawn(seed, "bias", (N_TOKENS,))


@check(part="language_model", points="0.35")
def model_logits(sub, rng):
    """
    ru: После каждого токена модель возвращает логиты следующего: слои LSTM идут один за другим.
    en: After each token the model returns the logits of the next: LSTM layers follow each other.
    hint ru: Нет ли лишнего softmax? Что получает на вход второй слой?
    hint en: Is there a softmax too many? What does the second layer get?
    """
    tokens, seed = tokens_case(rng)
    output = untied(sub, seed)(tokens)
    return {
        "logits": output.logits.detach(),
        "hidden": output.hidden.detach(),
        "logits of one layer": untied(sub, seed, 1)(tokens).logits.detach(),
    }


@model_logits.expects
def _(rng):
    tokens, seed = tokens_case(rng)
    outputs, _ = reference_outputs(tokens, seed)
    single, _ = reference_outputs(tokens, seed, 1)
    return {
        "logits": close(reference_logits(outputs, seed)),
        "hidden": close(outputs),
        "logits of one layer": close(reference_logits(single, seed)),
    }


@check(part="language_model", points="0.3", needs=["model_logits"])
def model_goes_on(sub, rng):
    """
    ru: Текст, прочитанный по частям, даёт то же, что прочитанный сразу.
    en: A text that is read in pieces gives what it gives when read at once.
    hint ru: С какого состояния начинает каждый слой и какое он возвращает?
    hint en: From which state does each layer start, and which does it return?
    """
    tokens, seed = tokens_case(rng)
    model = untied(sub, seed)
    first = model(tokens[:2])
    second = model(tokens[2:5], first.state)
    logits, state = model.step(tokens[5], second.state)
    return {
        "logits of the second piece": second.logits.detach(),
        "logits of the last step": logits.detach(),
        "cells": [c.detach().tolist() for _, c in state.layers],
    }


@model_goes_on.expects
def _(rng):
    tokens, seed = tokens_case(rng)
    outputs, cells = reference_outputs(tokens, seed)
    logits = reference_logits(outputs, seed)
    return {
        "logits of the second piece": close(logits[2:5]),
        "logits of the last step": close(logits[5]),
        "cells": close(cells),
    }


@check(part="language_model", points="0.2", needs=["model_logits", "loss_gradient"])
def model_learns(sub, rng):
    """
    ru: Модель и потери вместе учатся: тексты по одному правилу предсказуемы через сорок шагов.
    en: Model and loss learn together: texts that follow one rule are predictable in forty steps.
    hint ru: До всех ли параметров доходит градиент?
    hint en: Does the gradient reach all parameters?
    """
    steps = torch.from_numpy(rng.integers(1, N_TOKENS - 1, size=(1, 32)))
    tokens = 1 + (torch.arange(9)[:, None] * 3 + steps) % (N_TOKENS - 1)
    tokens[6:, ::2] = 0
    torch.manual_seed(int(rng.integers(2**31)))
    model = sub.LSTMLanguageModel(N_TOKENS, 8, 16, 1, tied=False)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(40):
        optimiser.zero_grad()
        loss = sub.masked_cross_entropy(model(tokens[:-1]).logits, tokens[1:], 0)
        loss.backward()
        optimiser.step()
    idle = sum(parameter.grad is None for parameter in model.parameters())
    return {"loss": loss.detach(), "parameters without a gradient": idle}


@model_learns.expects
def _(rng):
    del rng
    return {"loss": between(0, 0.3), "parameters without a gradient": equal(0)}
