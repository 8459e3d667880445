"""Reference solutions of the exercises of seminar 7.

Each function is a hole: the student sees its signature and docstring. Words are numbers here, but
where a measure compares texts: there they are strings.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

__all__ = [
    "corpus_bleu",
    "kneser_ney",
    "negative_sampling",
    "nucleus",
    "rouge_l",
    "skip_gram_pairs",
    "viterbi",
]


def kneser_ney(
    counts: Int[np.ndarray, "words words"], discount: float
) -> Float[np.ndarray, "words words"]:
    """Return p(w | h) of a bigram model with interpolated Kneser–Ney smoothing; rows are h.

    ``counts[h, w]`` says how often word w came right after word h. Every positive count gives
    ``discount`` (between 0 and 1) away, and what all words after h have given away together is
    dealt out in proportion to the number of *different* words that w came after:

        p(w | h) = max(c(h, w) - D, 0) / c(h) + D N(h) / c(h) · n(w) / Σ n

    c(h) is the sum of row h, N(h) the number of different words after h, n(w) the number of
    different words before w. After a word h that nothing ever followed, p(w | h) = n(w) / Σ n.
    No loop over words is needed.
    """
    seen = counts > 0
    continuation = seen.sum(axis=0) / seen.sum()  # (words)
    totals = counts.sum(axis=1, keepdims=True)  # (words, 1)
    kept = np.maximum(counts - discount, 0) / np.maximum(totals, 1)
    given_away = discount * seen.sum(axis=1, keepdims=True) / np.maximum(totals, 1)
    return kept + np.where(totals > 0, given_away, 1.0) * continuation


def skip_gram_pairs(tokens: Int[np.ndarray, " length"], window: int) -> Int[np.ndarray, "pairs 2"]:
    """Return all pairs (centre, context) of a text: words at most ``window`` places apart.

    A place is not paired with itself; the same word at another place is a word like any other. The
    pairs come in the order of the centre's place and then of the context's.
    """
    places = np.arange(len(tokens))
    distance = np.abs(places[:, None] - places)
    centres, contexts = np.nonzero((distance > 0) & (distance <= window))
    return np.stack((tokens[centres], tokens[contexts]), axis=1)


def negative_sampling(
    centre: Float[np.ndarray, " features"],
    context: Float[np.ndarray, " features"],
    noise: Float[np.ndarray, "negatives features"],
) -> tuple[
    float,
    Float[np.ndarray, " features"],
    Float[np.ndarray, " features"],
    Float[np.ndarray, "negatives features"],
]:
    """Return the loss of one pair and its gradients by the three arguments, in their order.

    loss = -log σ(context · centre) - Σ log σ(-noise_k · centre), σ being the sigmoid.

    Scores of ±1000 must neither overflow nor give infinity. Only NumPy is used.
    """
    positive, negative = context @ centre, noise @ centre  # a number; (negatives)
    loss = np.logaddexp(0, -positive) + np.logaddexp(0, negative).sum()
    # of a score the gradient is σ(score) - target; tanh knows no overflow
    positive_slope = 0.5 * np.tanh(positive / 2) - 0.5
    negative_slope = 0.5 * np.tanh(negative / 2) + 0.5
    by_centre = positive_slope * context + negative_slope @ noise
    return float(loss), by_centre, positive_slope * centre, negative_slope[:, None] * centre


def nucleus(probabilities: Float[np.ndarray, " words"], p: float) -> Bool[np.ndarray, " words"]:
    """Return which words belong to the nucleus: True or False for each, in the given order.

    The nucleus is the shortest list of most probable words whose probabilities sum to at least
    ``p``, 0 < p <= 1. The most probable word is always in it. No two probabilities are equal.
    """
    order = np.argsort(-probabilities)
    ordered = probabilities[order]
    inside = np.empty(len(probabilities), dtype=bool)
    inside[order] = np.cumsum(ordered) - ordered < p  # what is before a word doesn't suffice yet
    return inside


def corpus_bleu(
    candidates: Sequence[Sequence[str]],
    references: Sequence[Sequence[Sequence[str]]],
    max_order: int = 4,
) -> float:
    """Return the BLEU of a corpus, 0 to 100, without smoothing.

    ``references[i]`` holds all references of ``candidates[i]``; texts are lists of words.

    BLEU = 100 · BP · exp(mean of log p_n over n = 1 … max_order). p_n is the number of matching
    n-grams of *all* candidates divided by the number of n-grams of all candidates. An n-gram that
    a candidate has k times matches at most as often as it stands in that reference of this
    candidate which has it most often. BP = 1 if the candidates together have at least as many
    words as the references do, else exp(1 - references / candidates); of several references the
    one that is closest in length counts, and the shorter of two equally close ones. If some p_n is
    0 or there are no n-grams of some order, the answer is 0.
    """

    def ngrams(text: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
        return Counter(zip(*(text[start:] for start in range(n)), strict=False))

    length = wanted = 0
    matches, totals = np.zeros(max_order), np.zeros(max_order)
    for candidate, own in zip(candidates, references, strict=True):
        length += len(candidate)
        wanted += min((abs(len(text) - len(candidate)), len(text)) for text in own)[1]
        for n in range(1, max_order + 1):
            most: Counter[tuple[str, ...]] = Counter()
            for text in own:
                most |= ngrams(text, n)
            have = ngrams(candidate, n)
            matches[n - 1] += (have & most).total()
            totals[n - 1] += have.total()
    if not matches.all():
        return 0.0
    penalty = min(0.0, 1 - wanted / length)
    return float(100 * np.exp(penalty + np.log(matches / totals).mean()))


def rouge_l(candidate: Sequence[str], reference: Sequence[str]) -> tuple[float, float, float]:
    """Return ROUGE-L of two lists of words: precision, recall and their harmonic mean.

    With L words in the longest common subsequence (same order, gaps allowed), precision is L / the
    candidate's words and recall L / the reference's words. 0 / 0 is 0.
    """
    lengths = np.zeros((len(candidate) + 1, len(reference) + 1), dtype=int)
    for i, ours in enumerate(candidate):
        for j, theirs in enumerate(reference):
            skipped = max(lengths[i, j + 1], lengths[i + 1, j])
            lengths[i + 1, j + 1] = lengths[i, j] + 1 if ours == theirs else skipped
    common = int(lengths[-1, -1])
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / len(candidate), common / len(reference)
    return precision, recall, 2 * precision * recall / (precision + recall)


def viterbi(
    initial: Float[np.ndarray, " tags"],
    transition: Float[np.ndarray, "tags tags"],
    emission: Float[np.ndarray, "time tags"],
) -> Int[np.ndarray, " time"]:
    """Return the likeliest tags of a sentence in a hidden Markov model; all are logarithms.

    initial:    of a tag at the first word
    transition: of a tag (column) right after another (row)
    emission:   of the word at each place, given its tag

    The tags z maximise initial[z_0] + Σ transition[z_(t-1), z_t] + Σ emission[t, z_t]. The time
    taken grows with the length, not with the number of all possible taggings.
    """
    best = initial + emission[0]  # of the likeliest tags that end with each tag
    came_from = []
    for row in emission[1:]:
        through = best[:, None] + transition  # (tag before, tag)
        came_from.append(through.argmax(axis=0))
        best = through.max(axis=0) + row
    tags = [int(best.argmax())]
    for before in reversed(came_from):
        tags.append(int(before[tags[-1]]))
    return np.array(tags[::-1])
