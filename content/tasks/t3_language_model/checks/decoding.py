"""Checks of greedy decoding, of top-k and of drawing.

The oracles: one text at a time in NumPy; counting and the multinomial law.
"""

import numpy as np
import torch

from praktikum.checks import check, close, equal

from .sequences import seeded
from .table_models import EOS, alone, model_case, told

MAX_LENGTH = 12


def greedy_texts_alone(model, start, state):
    """Return the texts that follow the likeliest token, and their log-probabilities."""
    texts, log_probs = [], []
    for token, hidden in zip(start.tolist(), state[0].numpy(), strict=True):
        text, total = [], 0.0
        while len(text) < MAX_LENGTH and (not text or token != EOS):
            scores, hidden = alone(model, token, hidden)
            token = int(scores.argmax())
            total += scores[token]
            text.append(token)
        texts.append(text)
        log_probs.append(total)
    return texts, log_probs


@check(part="decoding", points="0.35")
def greedy_texts(sub, rng):
    """
    ru: Каждый текст продолжается самым вероятным токеном, до <eos> или до предела длины.
    en: Each text goes on with its likeliest token, to <eos> or to the greatest length.
    hint ru: Когда один текст кончился, чьё состояние достанется остальным?
    hint en: When a text has ended, whose state do the others get?
    """
    model, start, state = model_case(rng, n_tokens=9, n_texts=16, eos_logit=1.0)
    texts = sub.greedy(model, start, state, eos=EOS, max_length=MAX_LENGTH)
    return {
        "texts": told(texts.tokens, texts.lengths),
        "log_probs": texts.log_probs,
        "lengths": texts.lengths,
    }


@greedy_texts.expects
def _(rng):
    texts, log_probs = greedy_texts_alone(*model_case(rng, n_tokens=9, n_texts=16, eos_logit=1.0))
    return {
        "texts": equal(" | ".join(" ".join(map(str, text)) for text in texts)),
        "log_probs": close(np.array(log_probs), rtol=1e-5),
        "lengths": equal([len(text) for text in texts]),
    }


@check(part="decoding", points="0.2", needs=["greedy_texts"])
def ended_texts_rest(sub, rng):
    """
    ru: Кончившиеся тексты модели больше не дают; после конца в них стоит <eos>.
    en: The model isn't asked about texts that have ended; after their end stands <eos>.
    hint ru: Что считает модель, если из шестнадцати текстов не кончился один?
    hint en: What does the model compute when one text of sixteen has not ended yet?
    """
    model, start, state = model_case(rng, n_tokens=9, n_texts=16, eos_logit=1.0)
    texts = sub.greedy(model, start, state, eos=EOS, max_length=MAX_LENGTH)
    after = torch.arange(texts.tokens.shape[1]) >= texts.lengths[:, None]
    return {
        "texts that each step was about": model.rows,
        "tokens after the end": texts.tokens[after],
    }


@ended_texts_rest.expects
def _(rng):
    texts, _ = greedy_texts_alone(*model_case(rng, n_tokens=9, n_texts=16, eos_logit=1.0))
    lengths = np.array([len(text) for text in texts])
    longest = lengths.max()
    return {
        "texts that each step was about": equal([sum(lengths > t) for t in range(longest)]),
        "tokens after the end": equal(np.full(sum(longest - lengths), EOS)),
    }


@check(part="decoding", points="0.25")
def top_k_logits(sub, rng):
    """
    ru: В каждой строке остались k наибольших логитов, остальные равны −inf.
    en: In each row the k highest logits are left, the others are −inf.
    hint ru: Логит 0 — это не нулевая вероятность. Сколько останется, если логиты равны?
    hint en: A logit of 0 is no zero probability. How many are left where logits are equal?
    """
    logits = rng.normal(size=(2, 3, 7))
    tensor = torch.from_numpy(logits.copy())
    ties = sub.top_k(torch.zeros(4, 9), 5)
    return {
        "k = 3": sub.top_k(tensor, 3),
        "k = 1": sub.top_k(tensor, 1),
        "k = 99": sub.top_k(tensor, 99),
        "left of equal logits": ties.isfinite().sum(dim=1),
        "the logits themselves": tensor,
    }


@top_k_logits.expects
def _(rng):
    logits = rng.normal(size=(2, 3, 7))
    rank = (-logits).argsort(axis=-1).argsort(axis=-1)
    return {
        "k = 3": close(np.where(rank < 3, logits, -np.inf)),
        "k = 1": close(np.where(rank < 1, logits, -np.inf)),
        "k = 99": close(logits),
        "left of equal logits": equal([5] * 4),
        "the logits themselves": equal(logits),
    }


@check(part="decoding", points="0.2")
def drawn_tokens(sub, rng):
    """
    ru: Токены разыграны с вероятностями softmax(logits / temperature), из данного генератора.
    en: Tokens are drawn with the probabilities softmax(logits / temperature), by the generator.
    hint ru: Температура делит логиты, а не вероятности.
    hint en: Temperature divides logits, not probabilities.
    """
    logits = torch.from_numpy(rng.normal(size=5)).repeat(4000, 1)
    logits[:, 2] = -torch.inf
    seed = int(rng.integers(2**31))
    observed = {}
    for temperature in (0.5, 1.0, 3.0):
        tokens = sub.draw(logits, temperature, seeded(seed))
        counts = torch.bincount(tokens, minlength=5)
        observed[f"shares at temperature {temperature}"] = counts / len(logits)
    again = sub.draw(logits, 3.0, seeded(seed))
    return observed | {"the same seed": bool((tokens == again).all()), "shape": tokens.shape}


@drawn_tokens.expects
def _(rng):
    logits = rng.normal(size=5)
    logits[2] = -np.inf
    expected = {}
    for temperature in (0.5, 1.0, 3.0):
        powers = np.exp(logits) ** (1 / temperature)
        shares = powers / powers.sum()
        near = 5 * np.sqrt(0.25 / 4000)
        expected[f"shares at temperature {temperature}"] = close(shares, rtol=0, atol=near)
    return expected | {"the same seed": equal(True), "shape": equal([4000])}
