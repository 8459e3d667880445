"""Checks of beam search.

The oracles: every text there is, on a small vocabulary; and a beam kept as a list of texts, one
start at a time, in NumPy.
"""

from itertools import product

import numpy as np

from praktikum.checks import check, close, equal

from .decoding import greedy_texts_alone
from .table_models import EOS, alone, model_case, told


def found(beams):
    """Return the texts of the beams of all starts, and what is told about them."""
    starts, n_beams, _ = beams.tokens.shape
    return {
        "texts": told(beams.tokens.flatten(0, 1), beams.lengths.flatten()),
        "log_probs": beams.log_probs,
        "lengths": beams.lengths,
        "starts and beams": (starts, n_beams),
    }


def expected(texts_of_starts):
    """Return the same of lists of (text, log-probability)."""
    texts = [text for found in texts_of_starts for text, _ in found]
    lengths = [[len(text) for text, _ in found] for found in texts_of_starts]
    return {
        "texts": equal(" | ".join(" ".join(map(str, text)) for text in texts)),
        "log_probs": close(
            np.array([[total for _, total in found] for found in texts_of_starts]), rtol=1e-5
        ),
        "lengths": equal(lengths),
        "starts and beams": equal(np.shape(lengths)),
    }


def kept_list(model, token, hidden, n_beams, max_length, length_penalty=0.0):
    """Return the texts that a beam finds after one start, the best first."""
    beam = [((), 0.0, hidden)]
    for _ in range(max_length):
        candidates = []
        for text, total, hidden in beam:
            if text and text[-1] == EOS:
                candidates.append((text, total, hidden))
                continue
            scores, after = alone(model, text[-1] if text else token, hidden)
            candidates += [((*text, t), total + s, after) for t, s in enumerate(scores)]
        candidates.sort(key=lambda each: -each[1] / len(each[0]) ** length_penalty)
        beam = candidates[:n_beams]
    return [(text, total) for text, total, _ in beam]


def lists_of_starts(case, *settings):
    model, start, (hidden,) = case
    return [
        kept_list(model, int(token), each, *settings)
        for token, each in zip(start, hidden.numpy(), strict=True)
    ]


def every_text(model, token, hidden, max_length):
    """Return all texts and their log-probabilities, the likeliest first."""
    texts = {}
    for tokens in product(range(3), repeat=max_length):
        text = tokens[: tokens.index(EOS) + 1] if EOS in tokens else tokens
        total, state, last = 0.0, hidden, token
        for each in text:
            scores, state = alone(model, last, state)
            total, last = total + scores[each], each
        texts[text] = total
    return sorted(texts.items(), key=lambda pair: -pair[1])


@check(part="beam_search", points="0.3")
def beam_of_one(sub, rng):
    """
    ru: При beam_size=1 получается жадное декодирование.
    en: With beam_size=1 it is greedy decoding.
    hint ru: Что станет с текстом, который кончился раньше других?
    hint en: What becomes of a text that ends before the others?
    """
    case = model_case(rng, n_tokens=9, n_texts=16, eos_logit=1.0)
    return found(sub.beam_search(*case, eos=EOS, max_length=12, beam_size=1))


@beam_of_one.expects
def _(rng):
    pairs = zip(
        *greedy_texts_alone(*model_case(rng, n_tokens=9, n_texts=16, eos_logit=1.0)), strict=True
    )
    return expected([[(tuple(text), total)] for text, total in pairs])


@check(part="beam_search", points="0.4", needs=["beam_of_one"])
def beam_of_all(sub, rng):
    """
    ru: Луч, в который помещаются все тексты, находит их все и ставит по порядку.
    en: A beam that holds all texts finds all of them, in their order.
    hint ru: Нет ли в луче одинаковых текстов? Остаются ли в нём кончившиеся?
    hint en: Are there equal texts in the beam? Do those that have ended stay in it?
    """
    case = model_case(rng, n_tokens=3, n_texts=2)
    return found(sub.beam_search(*case, eos=EOS, max_length=3, beam_size=15))


@beam_of_all.expects
def _(rng):
    model, start, (hidden,) = model_case(rng, n_tokens=3, n_texts=2)
    return expected(
        [
            every_text(model, int(token), each, 3)
            for token, each in zip(start, hidden.numpy(), strict=True)
        ]
    )


@check(part="beam_search", points="0.4", needs=["beam_of_all"])
def beam_of_three(sub, rng):
    """
    ru: Луч из трёх текстов для многих начал сразу тот же, что для каждого начала отдельно.
    en: A beam of three for many starts at once is what it is for each start by itself.
    hint ru: Чьё состояние продолжает текст, который занял чужое место в луче?
    hint en: Whose state does a text continue that has taken another one's place in the beam?
    """
    case = model_case(rng, n_tokens=9, n_texts=6, eos_logit=1.0)
    return found(sub.beam_search(*case, eos=EOS, max_length=10, beam_size=3))


@beam_of_three.expects
def _(rng):
    return expected(lists_of_starts(model_case(rng, n_tokens=9, n_texts=6, eos_logit=1.0), 3, 10))


@check(part="beam_search", points="0.2", needs=["beam_of_three"])
def beam_penalises_length(sub, rng):
    """
    ru: Тексты сравниваются по log p / длина^length_penalty, каждый по своей длине.
    en: Texts are compared by log p / length^length_penalty, each by its own length.
    hint ru: Длина кончившегося текста больше не растёт. log_probs при этом не делятся.
    hint en: The length of an ended text grows no more. log_probs themselves aren't divided.
    """
    case = model_case(rng, n_tokens=7, n_texts=5, eos_logit=1.0)
    settings = {"eos": EOS, "max_length": 8, "beam_size": 4}
    mean = found(sub.beam_search(*case, **settings, length_penalty=1.0))
    longest = found(sub.beam_search(*case, **settings, length_penalty=2.5))
    return mean | {f"penalty 2.5: {name}": value for name, value in longest.items()}


@beam_penalises_length.expects
def _(rng):
    case = model_case(rng, n_tokens=7, n_texts=5, eos_logit=1.0)
    longest = expected(lists_of_starts(case, 4, 8, 2.5))
    return expected(lists_of_starts(case, 4, 8, 1.0)) | {
        f"penalty 2.5: {name}": value for name, value in longest.items()
    }


@check(part="beam_search", points="0.3", needs=["beam_of_three"])
def beam_stops(sub, rng):
    """
    ru: Модель спрашивают только о живых текстах; когда все кончились, поиск останавливается.
    en: The model is asked about live texts only; when all have ended, the search stops.
    hint ru: Один вызов модели за шаг — для всех начал и всех мест луча сразу.
    hint en: One call of the model a step, for all starts and all places of the beam at once.
    """
    model, start, state = model_case(rng, n_tokens=5, n_texts=4, eos_logit=4.0)
    beams = sub.beam_search(model, start, state, eos=EOS, max_length=40, beam_size=2)
    return {"texts that each step was about": model.rows, "lengths": beams.lengths}


@beam_stops.expects
def _(rng):
    case = model_case(rng, n_tokens=5, n_texts=4, eos_logit=4.0)
    rows = []
    for time in range(40):
        beams = lists_of_starts(case, 2, time)
        live = sum(not text or text[-1] != EOS for beam in beams for text, _ in beam)
        if not live:
            break
        rows.append(live)
    lengths = [[len(text) for text, _ in beam] for beam in lists_of_starts(case, 2, 40)]
    return {"texts that each step was about": equal(rows), "lengths": equal(lengths)}
