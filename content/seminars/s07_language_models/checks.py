"""Checks of the exercises of seminar 7; every oracle goes another way than the solution does."""

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import torch
from torch.nn import functional

from praktikum.checks import Expectation, check, close, equal

Texts = list[list[str]]


def counts_case(rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """Counts of 7 words; nothing follows word 3, and word 5 is frequent after a single word."""
    counts = rng.integers(1, 6, size=(7, 7)) * (rng.random((7, 7)) < 0.5)
    counts[3], counts[:, 5] = 0, 0
    counts[0, :2], counts[2, 5] = [3, 1], 40
    return counts, float(rng.uniform(0.3, 0.9))


@check(part="kneser-ney")
def kneser_ney(sub, rng):
    """
    ru: Вероятности верны, в том числе после слова, за которым ничего не встречалось.
    en: The probabilities are right, also after a word that nothing ever followed.
    hint ru: n(w) считает разные слова перед w, а не сколько раз w встретилось.
    hint en: n(w) counts different words before w, not how often w came.
    """
    counts, discount = counts_case(rng)
    probabilities = sub.kneser_ney(counts.copy(), discount)
    return {"probabilities": probabilities, "sums": np.sum(probabilities, axis=1)}


@kneser_ney.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # word by word, in fractions, out of the list of bigrams that came
    counts, discount = counts_case(rng)
    bigrams = [(h, w) for h, w in np.ndindex(counts.shape) for _ in range(counts[h, w])]
    kinds, d = set(bigrams), Fraction(discount)
    expected = np.empty(counts.shape)
    for h, w in np.ndindex(counts.shape):
        lower = Fraction(sum(after == w for _, after in kinds), len(kinds))
        total = sum(before == h for before, _ in bigrams)
        if total:
            followers = sum(before == h for before, _ in kinds)
            lower = (
                max(bigrams.count((h, w)) - d, Fraction(0)) / total + lower * d * followers / total
            )
        expected[h, w] = float(lower)
    return {"probabilities": close(expected), "sums": close(np.ones(len(counts)))}


def tokens_case(rng: np.random.Generator) -> list[tuple[np.ndarray, int]]:
    """A text with repeated words under three windows, one of them wider than the text."""
    tokens = rng.integers(0, 5, size=9)
    tokens[3] = tokens[4]
    return [(tokens, 1), (tokens, 3), (tokens[:4], 10)]


@check(part="pairs")
def skip_gram_pairs(sub, rng):
    """
    ru: Пары те же и в том же порядке, у краёв текста тоже.
    en: The pairs are the same and in the same order, at the ends of the text too.
    hint ru: Соседнее место с тем же словом — пара; место с самим собой — нет.
    hint en: A neighbouring place with the same word is a pair; a place with itself is not.
    """
    pairs = [sub.skip_gram_pairs(*case) for case in tokens_case(rng)]
    return {f"case_{number}": found for number, found in enumerate(pairs)}


@skip_gram_pairs.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # the text slides past itself: a shift of k makes all pairs that are k places apart
    expected: dict[str, Expectation] = {}
    for number, (tokens, window) in enumerate(tokens_case(rng)):
        found = []
        for shift in range(1, min(window, len(tokens) - 1) + 1):
            for place, (left, right) in enumerate(zip(tokens, tokens[shift:], strict=False)):
                found += [(place, place + shift, left, right), (place + shift, place, right, left)]
        expected[f"case_{number}"] = equal(np.array([pair[2:] for pair in sorted(found)]))
    return expected


def vectors_case(rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Vectors with moderate scores, and with scores of ±1000 and more."""
    centre, context, noise = (rng.normal(size=shape) for shape in (6, 6, (4, 6)))
    away = np.stack((-centre, centre, 0.1 * noise[0]))
    far = 1000 / (centre @ centre)
    return [(centre, context, noise), (centre * far, -centre, away)]


NAMES = ("loss", "by_centre", "by_context", "by_noise")


@check(part="negative-sampling")
def negative_sampling(sub, rng):
    """
    ru: Потеря и три градиента верны.
    en: The loss and the three gradients are right.
    hint ru: Производная −log σ(s) по s равна σ(s) − 1, а −log σ(−s) — σ(s).
    hint en: The derivative of −log σ(s) by s is σ(s) − 1, that of −log σ(−s) is σ(s).
    """
    return dict(zip(NAMES, sub.negative_sampling(*vectors_case(rng)[0]), strict=True))


@negative_sampling.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    return _by_autograd(vectors_case(rng)[0])


@check(part="negative-sampling")
def negative_sampling_of_extremes(sub, rng):
    """
    ru: При скалярных произведениях около ±1000 всё остаётся конечным и верным.
    en: With scores of about ±1000 everything stays finite and right.
    hint ru: log(1 + eˣ) — это np.logaddexp(0, x); сигмоида выражается через tanh.
    hint en: log(1 + eˣ) is np.logaddexp(0, x); a sigmoid can be had from tanh.
    """
    with np.errstate(all="ignore"):
        return dict(zip(NAMES, sub.negative_sampling(*vectors_case(rng)[1]), strict=True))


@negative_sampling_of_extremes.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    return _by_autograd(vectors_case(rng)[1])


def _by_autograd(arrays: Sequence[np.ndarray]) -> dict[str, Expectation]:
    centre, context, noise = (torch.from_numpy(array).requires_grad_() for array in arrays)
    loss = -functional.logsigmoid(context @ centre)
    loss = loss - functional.logsigmoid(-(noise @ centre)).sum()
    gradients = torch.autograd.grad(loss, (centre, context, noise))
    values = (loss.detach(), *gradients)
    return {name: close(value.numpy()) for name, value in zip(NAMES, values, strict=True)}


def distributions_case(rng: np.random.Generator) -> list[tuple[np.ndarray, float]]:
    """An even distribution, a sharp one, a tiny p, and a p of 1."""
    even, sharp = rng.dirichlet(np.full(12, 20.0)), rng.dirichlet(np.full(12, 0.3))
    sharp = (sharp + 1e-3) / (sharp + 1e-3).sum()
    return [(even, 0.8), (sharp, 0.8), (even, 0.01), (sharp, 0.95), (even, 0.9999)]


@check(part="nucleus")
def nucleus(sub, rng):
    """
    ru: В ядре ровно те слова, которые нужны, каким бы ни было p.
    en: The nucleus has exactly the words that are needed, whatever p is.
    hint ru: Слово, на котором сумма дошла до p, ещё входит.
    hint en: The word at which the sum gets to p is still in.
    """
    cases = distributions_case(rng)
    return {f"case_{n}": sub.nucleus(q.copy(), p) for n, (q, p) in enumerate(cases)}


@nucleus.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # a word is in if all words more probable than itself have not got to p without it
    expected = {}
    for number, (q, p) in enumerate(distributions_case(rng)):
        above = [math.fsum(other for other in q if other > own) for own in q]
        expected[f"case_{number}"] = equal(np.array([total < p for total in above]))
    return expected


def corpora_case(rng: np.random.Generator) -> dict[str, tuple[Texts, list[Texts]]]:
    """Corpora with repeated words, several references, short and long candidates."""

    def text(length: int) -> list[str]:
        return [str(word) for word in rng.choice(list("abcd"), size=length)]

    def corpus(lengths: list[tuple[int, ...]]) -> tuple[Texts, list[Texts]]:
        texts = [[text(length) for length in row] for row in lengths]
        common = [str(word) for word in rng.choice(list("efgh"), size=5)]
        texts = [[common + one for one in row] for row in texts]  # so that 4-grams do match
        return [row[0] for row in texts], [row[1:] for row in texts]

    short, references = corpus([(4, 9), (6, 10)])
    return {
        "long_candidates": corpus([(9, 5), (4, 4), (12, 8)]),
        "short_candidates": (short, references),
        "several_references": corpus([(6, 4, 8), (5, 12, 7, 7), (7, 3, 10)]),
        "repeated_word": ([["a"] * 7], [[["a", "a", "a", "a", "a", "b"], ["a", "a", "c", "d"]]]),
        "no_match": ([["a", "b", "c"]], [[["c", "b", "a"]]]),
    }


@check(part="bleu")
def corpus_bleu(sub, rng):
    """
    ru: BLEU верен для коротких и длинных кандидатов, повторов и нескольких эталонов.
    en: BLEU is right for short and long candidates, repetitions and several references.
    hint ru: Совпадения и числа n-грамм сначала складываются по всему корпусу, потом делятся.
    hint en: Matches and numbers of n-grams are first summed over the corpus, then divided.
    """
    return {name: sub.corpus_bleu(*corpus) for name, corpus in corpora_case(rng).items()}


@corpus_bleu.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # matches are crossed out of lists, one at a time
    return {name: close(_slow_bleu(*corpus)) for name, corpus in corpora_case(rng).items()}


def _slow_bleu(candidates: Texts, references: list[Texts]) -> float:
    product, brief = 1.0, 0
    for n in (1, 2, 3, 4):
        hits = possible = 0
        for candidate, own in zip(candidates, references, strict=True):
            grams = [tuple(candidate[i : i + n]) for i in range(len(candidate) - n + 1)]
            possible += len(grams)
            for gram in sorted(set(grams)):
                in_reference = [
                    sum(tuple(text[i : i + n]) == gram for i in range(len(text) - n + 1))
                    for text in own
                ]
                hits += min(grams.count(gram), max(in_reference))
        product *= hits / possible if possible else 0.0
    length = sum(map(len, candidates))
    for candidate, own in zip(candidates, references, strict=True):
        by_distance = sorted(sorted(map(len, own)), key=lambda n: abs(n - len(candidate)))
        brief += by_distance[0]
    return 100 * product**0.25 * math.exp(min(0.0, 1 - brief / length))


def summaries_case(rng: np.random.Generator) -> dict[str, tuple[list[str], list[str]]]:
    """Pairs of texts with gaps and repeated words, of different lengths, and an empty one."""
    drawn = [[str(w) for w in rng.choice(list("abcde"), size=n)] for n in (9, 6, 4, 10, 8, 8)]
    return {
        "first": (drawn[0], drawn[1]),
        "second": (drawn[2], drawn[3]),
        "gaps": (["a", *drawn[4][:3], "b", "c"], ["x", "a", "y", "b", "z", "c", "c", "c"]),
        "nothing_in_common": (drawn[5], ["x", "y"]),
        "empty": ([], ["a"]),
    }


@check(part="rouge")
def rouge_l(sub, rng):
    """
    ru: Точность, полнота и F₁ верны, в том числе для пустого текста.
    en: Precision, recall and F₁ are right, for an empty text too.
    hint ru: У подпоследовательности сохраняется порядок, но между словами могут быть пропуски.
    hint en: A subsequence keeps the order, but there may be gaps between its words.
    """
    cases = summaries_case(rng).items()
    return {name: np.array(sub.rouge_l(*pair), dtype=float) for name, pair in cases}


@rouge_l.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # every way to choose words of the shorter text is tried, the longest first
    expected: dict[str, Expectation] = {}
    for name, (candidate, reference) in summaries_case(rng).items():
        short, long = sorted((candidate, reference), key=len)
        length = next(
            n
            for n in range(len(short), -1, -1)
            if any(_is_within(chosen, long) for chosen in itertools.combinations(short, n))
        )
        shares = (length / max(len(candidate), 1), length / max(len(reference), 1))
        mean = 2 / (1 / shares[0] + 1 / shares[1]) if length else 0.0
        expected[name] = close(np.array([*shares, mean]))
    return expected


def _is_within(words: Sequence[str], text: Sequence[str]) -> bool:
    rest = iter(text)
    return all(word in rest for word in words)  # `in` goes on from where it has stopped


def markov_case(rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Models of 3 and 4 tags with sentences of 6, 5 and 1 words; some changes are impossible."""
    cases = []
    for n_tags, length in ((3, 6), (4, 5), (3, 1)):
        initial, transition = rng.normal(size=n_tags), 3 * rng.normal(size=(n_tags, n_tags))
        transition[0, 1] = -np.inf
        cases.append((initial, transition, rng.normal(size=(length, n_tags))))
    return cases


@check(part="viterbi")
def viterbi(sub, rng):
    """
    ru: Найдена самая вероятная последовательность тегов.
    en: The likeliest sequence of tags is found.
    hint ru: Лучший тег слова зависит от того, что будет дальше: запоминайте, откуда пришли.
    hint en: The best tag of a word depends on what comes later: remember where you came from.
    """
    return {f"case_{n}": sub.viterbi(*model) for n, model in enumerate(markov_case(rng))}


@viterbi.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # all taggings are tried
    expected = {}
    for number, (initial, transition, emission) in enumerate(markov_case(rng)):
        length, n_tags = emission.shape

        def score(tags, initial=initial, transition=transition, emission=emission):
            steps = sum(transition[pair] for pair in itertools.pairwise(tags))
            return initial[tags[0]] + steps + sum(row[tag] for row, tag in zip(emission, tags))

        best = max(itertools.product(range(n_tags), repeat=length), key=score)
        expected[f"case_{number}"] = equal(np.array(best))
    return expected
