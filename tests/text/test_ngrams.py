"""N-gram models, held against NLTK, the papers' formulas written out, and the sum of one."""

import math
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.lm import KneserNeyInterpolated, Lidstone
from nltk.lm import Vocabulary as NLTKVocabulary

from praktikum.text.errors import SettingError, ShapeError
from praktikum.text.katz import KatzBackoff, good_turing_shares
from praktikum.text.kneser_ney import KneserNey
from praktikum.text.ngrams import AddAlpha, NgramCounts
from praktikum.text.vocabulary import EOS, PAD, SOS, UNK, Vocabulary

TEXTS = [
    line.split()
    for line in (
        "the cat sat on the mat",
        "the dog sat on the log",
        "a cat and a dog",
        "the cat saw the dog on the mat",
        "san francisco and the cat",
        "the dog saw san francisco",
    )
]
WORDS = Vocabulary.build([*TEXTS, ["never", "seen"]])
MODELS = [lambda counts: AddAlpha(counts, 0.3), KatzBackoff, KneserNey]
NAMES = ["add-alpha", "katz", "kneser-ney"]

texts = st.lists(st.lists(st.sampled_from("abcx"), max_size=6), min_size=1, max_size=8)
contexts = st.lists(st.sampled_from(["a", "b", "c", "z", SOS]), max_size=3)


def brute_counts(text_rows, order):
    """All n-grams of marked texts, counted by slices."""
    counts = Counter()
    for text in text_rows:
        marked = (SOS, *text, EOS)
        for n in range(1, order + 1):
            counts.update(marked[i : i + n] for i in range(len(marked) - n + 1))
    return counts


@given(texts)
def test_counts_are_those_of_slices(rows):
    counts = NgramCounts(rows, Vocabulary.build(rows), 3)
    brute = brute_counts(rows, 3)
    ours = {
        (*context, token): count
        for length in range(3)
        for context, after in counts.contexts(length)
        for token, count in after.items()
    }
    assert ours == {gram: n for gram, n in brute.items() if gram[-1] != SOS}


@pytest.mark.parametrize("make", MODELS, ids=NAMES)
@given(rows=texts, context=contexts, order=st.integers(1, 3))
def test_probabilities_are_positive_and_sum_to_one(make, rows, context, order):
    vocabulary = Vocabulary.build(rows)  # <unk> never comes
    model = make(NgramCounts(rows, vocabulary, order))
    distribution = model.distribution(context)
    assert distribution.sum() == pytest.approx(1)
    assert (distribution > 0).all()


@pytest.mark.parametrize("make", MODELS, ids=NAMES)
def test_with_all_tokens_seen_probabilities_sum_to_one_too(make):
    vocabulary = Vocabulary.build(TEXTS, min_freq=2)
    model = make(NgramCounts(TEXTS, vocabulary, 3))
    for context in product(model.counts.tokens, repeat=2):
        assert model.distribution(context).sum() == pytest.approx(1)


def nltk_model(model, order):
    """Have NLTK count the same n-grams: all ends of each position's longest one."""
    counts = NgramCounts(TEXTS, WORDS, order)
    grams = [
        (*context, token)[start:]
        for text in TEXTS
        for context, token in counts.positions(text)
        for start in range(len(context) + 1)
    ]
    known = [token for token in counts.tokens if token != UNK]
    vocabulary = NLTKVocabulary(known, unk_cutoff=1, unk_label=UNK)
    model = model(order=order, vocabulary=vocabulary)
    model.fit([grams])
    return counts, model


@pytest.mark.parametrize("order", [1, 2, 3])
def test_add_alpha_is_nltks_lidstone(order):
    counts, theirs = nltk_model(lambda **settings: Lidstone(0.2, **settings), order)
    ours = AddAlpha(counts, 0.2)
    for context in [("on", "the"), ("the",), (), ("saw", "mat")]:
        cut = context[max(0, len(context) - order + 1) :]
        expected = [theirs.score(token, cut) for token in counts.tokens]
        np.testing.assert_allclose(ours.distribution(context), expected)


def test_kneser_ney_is_nltks():
    """NLTK does not go below single tokens: no discount there."""
    counts, theirs = nltk_model(lambda **s: KneserNeyInterpolated(discount=0.4, **s), 3)
    ours = KneserNey(counts, [0, 0.4, 0.4])
    for context in [("on", "the"), ("the", "cat"), (SOS, "the"), ("a", "cat")]:
        expected = [theirs.score(token, context) for token in counts.tokens]
        np.testing.assert_allclose(ours.distribution(context), expected)


def brute_kneser_ney(counts, discount, tokens, token, context):
    """Equation 24 of Chen and Goodman, from the n-grams themselves, the shortest context first."""
    order = max(map(len, counts))

    def a(*gram):
        if len(gram) == order or gram[0] == SOS:
            return counts[gram]
        return len({full[0] for full in counts if full[1:] == gram})

    probability = 1 / len(tokens)
    for history in (context[start:] for start in range(len(context), -1, -1)):
        came = {w: a(*history, w) for w in tokens if a(*history, w)}
        if came:
            share = discount * len(came) / sum(came.values())
            kept = max(came.get(token, 0) - discount, 0) / sum(came.values())
            probability = kept + share * probability
    return probability


@given(texts, st.sampled_from([(), ("a",), (SOS,), ("a", "b"), (SOS, "a")]), st.floats(0.05, 0.95))
def test_kneser_ney_is_the_papers_formula(rows, context, discount):
    vocabulary = Vocabulary.build(rows)
    model = KneserNey(NgramCounts(rows, vocabulary, 3), [discount] * 3)
    grams, tokens = brute_counts(rows, 3), model.counts.tokens
    expected = [brute_kneser_ney(grams, discount, tokens, token, context) for token in tokens]
    np.testing.assert_allclose(model.distribution(context), expected)


@pytest.mark.parametrize("context", [("on", "the"), ("the", "cat"), (SOS, "the")])
def test_katz_shares_what_is_left_as_the_lower_order_would(context):
    model = KatzBackoff(NgramCounts(TEXTS, WORDS, 3))
    unseen = [token not in model.counts.after(context) for token in model.counts.tokens]
    ratio = model.distribution(context)[unseen] / model.distribution(context[1:])[unseen]
    np.testing.assert_allclose(ratio, ratio[0])


def test_a_frequent_word_of_one_context_is_improbable_elsewhere():
    """Francisco comes as often as saw; but only ever after San."""
    model = KneserNey(NgramCounts(TEXTS, WORDS, 2))
    assert model.probability("francisco", ["log"]) < model.probability("saw", ["log"])
    assert model.probability("francisco", ["san"]) > 0.5


def test_good_turing_is_the_worked_example():
    """n1 to n4 are 10, 4, 2, 1; with k = 2: r* = 0.8, 1.5, and 3 n3 / n1 = 0.6."""
    shares = good_turing_shares(Counter({1: 10, 2: 4, 3: 2}), largest=2)
    assert shares == pytest.approx([(0.8 - 0.6) / 0.4, (1.5 / 2 - 0.6) / 0.4])


def test_good_turing_gives_the_unseen_what_once_seen_had():
    """The paper's condition: what is taken away in all is n1, of counts up to 5."""
    how_often = Counter({1: 1000, 2: 300, 3: 140, 4: 80, 5: 52, 6: 36})
    shares = good_turing_shares(how_often)
    taken = sum(how_often[r] * r * (1 - share) for r, share in enumerate(shares, start=1))
    assert len(shares) == 5
    assert taken == pytest.approx(how_often[1])


@pytest.mark.parametrize("how_often", [{}, {1: 3}, {1: 1, 2: 5}, {2: 5, 3: 2}])
def test_where_good_turing_has_no_answer_nothing_is_discounted(how_often):
    assert good_turing_shares(Counter(how_often)) == ()


def test_katz_is_the_worked_example():
    """a a b: <sos> a a b <eos> twice over, shares given; V is a, b, <unk>, <eos>."""
    vocabulary = Vocabulary([PAD, UNK, SOS, EOS, "a", "b"])
    model = KatzBackoff(NgramCounts([["a", "a", "b"]] * 2, vocabulary, 2), [[], [0.5, 0.5]])
    # After nothing: a 4, b 2, <eos> 2 and one more for <unk>.
    assert model.probability("a") == pytest.approx(4 / 9)
    assert model.probability("zebra") == pytest.approx(1 / 9)
    # After a: a and b twice each of four, halved; the other half by 2/9 and 1/9 of 3/9.
    assert model.probability("a", ["a"]) == pytest.approx(0.25)
    assert model.probability(EOS, ["a"]) == pytest.approx(0.5 * (2 / 9) / (3 / 9))
    assert model.probability("zebra", ["a"]) == pytest.approx(0.5 * (1 / 9) / (3 / 9))
    # A context that never came is answered by the lower order.
    assert model.probability("a", ["zebra"]) == pytest.approx(4 / 9)


def test_perplexity_counts_the_end_and_maps_unknown_words():
    vocabulary = Vocabulary([UNK, SOS, EOS, "a"])
    model = AddAlpha(NgramCounts([["a"], ["a", "b"]], vocabulary, 1), 0)
    # a 2, <unk> 1, <eos> 2 of five.
    expected = math.exp(-(math.log(2 / 5) + math.log(1 / 5) + math.log(2 / 5)) / 3)
    assert model.perplexity([["a", "zebra"]]) == pytest.approx(expected)


def test_an_impossible_text_has_infinite_perplexity():
    model = AddAlpha(NgramCounts(TEXTS, WORDS, 2), 0)
    assert model.perplexity([["mat", "mat"]]) == math.inf


def test_a_uniform_model_is_as_perplexed_as_it_has_tokens():
    model = AddAlpha(NgramCounts([], WORDS, 2))
    assert model.perplexity(TEXTS) == pytest.approx(len(model.counts.tokens))


def test_smoothing_beats_adding_and_higher_orders_beat_lower():
    train, test = TEXTS[:-1], TEXTS[-1:]
    words = Vocabulary.build(TEXTS)

    def perplexity(make, order):
        return make(NgramCounts(train, words, order)).perplexity(test)

    assert perplexity(KneserNey, 2) < perplexity(AddAlpha, 2)
    assert perplexity(KneserNey, 2) < perplexity(KneserNey, 1)
    assert perplexity(KatzBackoff, 2) < perplexity(KatzBackoff, 1)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(lambda: NgramCounts([], WORDS, 0), "order must be at least 1", id="order"),
        pytest.param(lambda: NgramCounts([], Vocabulary([UNK])), "must hold <sos>", id="marks"),
        pytest.param(lambda: AddAlpha(NgramCounts([], WORDS), -1), "alpha must be", id="alpha"),
        pytest.param(
            lambda: KneserNey(NgramCounts([], WORDS, 2), [0.5]), "must be 2 numbers", id="discounts"
        ),
        pytest.param(
            lambda: KatzBackoff(NgramCounts([], WORDS, 1), [[1.0]]), "must be 1 rows", id="shares"
        ),
        pytest.param(
            lambda: AddAlpha(NgramCounts([], WORDS)).probability(SOS), "never predicted", id="sos"
        ),
    ],
)
def test_impossible_settings_are_refused(make, said):
    with pytest.raises(SettingError, match=said):
        make()


def test_no_texts_have_no_perplexity():
    with pytest.raises(ShapeError, match="no perplexity of no texts"):
        AddAlpha(NgramCounts(TEXTS, WORDS)).perplexity([])
