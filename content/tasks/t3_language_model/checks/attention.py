"""Checks of attention to earlier outputs.

The oracle: one text and one step at a time, by loops in NumPy.
"""

import numpy as np
import torch
from scipy.special import softmax

from praktikum.checks import check, close

from .recurrent_weights import drawn, with_weights

SIZE = 4


def attention_case(rng, before=0):
    """Return new outputs [batch, time, features], those before them, and a seed."""
    hidden = torch.from_numpy(2 * rng.normal(size=(3, 5, SIZE)))
    memory = torch.from_numpy(2 * rng.normal(size=(3, before, SIZE)))
    return hidden, memory, int(rng.integers(2**31))


def attended(sub, hidden, memory, seed):
    """Return the mixtures and the weights of an attention with drawn weights."""
    attention = with_weights(sub.CausalAttention(SIZE), seed)
    with torch.no_grad():
        return attention(hidden, memory)


def attended_by_loops(hidden, memory, seed):
    query, mix = drawn(seed, "weight", (SIZE, SIZE)), drawn(seed, "weight", (SIZE, 2 * SIZE))
    bias = drawn(seed, "bias", (SIZE,))
    hidden, memory = hidden.numpy(), memory.numpy()
    n_before = memory.shape[1]
    weights = np.zeros((*hidden.shape[:2], n_before + hidden.shape[1]))
    mixtures = np.zeros_like(hidden)
    for text, time in np.ndindex(hidden.shape[:2]):
        seen = np.concatenate([memory[text], hidden[text, : time + 1]])
        asked = query @ hidden[text, time]
        shares = softmax(seen @ asked / np.sqrt(SIZE))
        weights[text, time, : n_before + time + 1] = shares
        both = np.concatenate([hidden[text, time], shares @ seen])
        mixtures[text, time] = np.tanh(mix @ both + bias)
    return mixtures, weights


@check(part="bonus_attention", points="0.5")
def attention_weights(sub, rng):
    """
    ru: Веса шага — распределение по нему самому и предыдущим шагам; будущее ему не видно.
    en: The weights of a step are a distribution over itself and earlier steps; no future is seen.
    hint ru: Запрещённое закрывают до softmax. На что делятся оценки? Видит ли шаг сам себя?
    hint en: What is forbidden is hidden before softmax. What divides scores? Does a step see itself?
    """
    return {"weights": attended(sub, *attention_case(rng))[1]}


@attention_weights.expects
def _(rng):
    return {"weights": close(attended_by_loops(*attention_case(rng))[1])}


@check(part="bonus_attention", points="0.4", needs=["attention_weights"])
def attention_mixture(sub, rng):
    """
    ru: Ответ — tanh от шага и взвешенной суммы рядом с ним, через mix.
    en: The output is the tanh of the step and the weighted sum beside it, through mix.
    """
    return {"mixture": attended(sub, *attention_case(rng))[0]}


@attention_mixture.expects
def _(rng):
    return {"mixture": close(attended_by_loops(*attention_case(rng))[0])}


@check(part="bonus_attention", points="0.3", needs=["attention_mixture"])
def attention_memory(sub, rng):
    """
    ru: То, что было до новых шагов, видно каждому из них.
    en: What was before the new steps is seen by every one of them.
    hint ru: При генерации новый шаг один, а память растёт. Какие из весов тогда закрыты?
    hint en: In generation there is one new step, while memory grows. Which weights are hidden then?
    """
    mixture, weights = attended(sub, *attention_case(rng, before=3))
    return {"weights": weights, "mixture": mixture}


@attention_memory.expects
def _(rng):
    mixture, weights = attended_by_loops(*attention_case(rng, before=3))
    return {"weights": close(weights), "mixture": close(mixture)}
