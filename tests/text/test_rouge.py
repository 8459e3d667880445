"""ROUGE against rouge-score, and the subsequences that it rests on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer, lcs_ind

from praktikum.text.common_subsequence import common_length, common_positions, positions_of_tokens
from praktikum.text.errors import SettingError, ShapeError
from praktikum.text.rouge import rouge_l, rouge_lsum, rouge_n

MEASURES = {
    "rouge1": lambda *texts: rouge_n(*texts[:2], 1, *texts[2:]),
    "rouge2": lambda *texts: rouge_n(*texts[:2], 2, *texts[2:]),
    "rouge3": lambda *texts: rouge_n(*texts[:2], 3, *texts[2:]),
    "rougeL": rouge_l,
    "rougeLsum": rouge_lsum,
}
TEXT = "the The run running runs relational relate 3.14 was wa é of\nof to\n \n\n cats cat"
WORDS = TEXT.split(" ")
texts = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
pairs = st.lists(st.tuples(texts, texts), min_size=1, max_size=5)
NEWS = [
    (
        "Police killed the gunman.\nThe gunman was shot dead by the police near the school.",
        "The gunman was killed by police.\nHe was found near the school, police said.",
    ),
    ("w1 w2 w3 w4 w5", "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5"),  # the union in section 3.2 of the paper
]


def assert_as_in_rouge_score(kind, pairs, stem):
    candidates, references = zip(*pairs, strict=True)
    stemmer = PorterStemmer().stem if stem else None
    ours = MEASURES[kind](candidates, references, stemmer)
    scorer = RougeScorer([kind], use_stemmer=stem)
    peer = [scorer.score(reference, candidate)[kind] for candidate, reference in pairs]
    for name, values in zip(("precision", "recall", "f1"), zip(*peer, strict=True), strict=True):
        np.testing.assert_allclose(getattr(ours, name), values, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("kind", MEASURES)
@settings(max_examples=60)
@given(pairs, st.booleans())
def test_pairs_score_as_in_rouge_score(kind, pairs, stem):
    assert_as_in_rouge_score(kind, pairs, stem)


@pytest.mark.parametrize("kind", MEASURES)
@pytest.mark.parametrize("stem", [False, True])
def test_summaries_score_as_in_rouge_score(kind, stem):
    assert_as_in_rouge_score(kind, NEWS, stem)


def test_a_stem_makes_words_match():
    pair = (["running"], ["runs"])
    assert rouge_n(*pair).f1 == 0
    assert rouge_n(*pair, 1, PorterStemmer().stem).f1 == 1


def table_length(first, second):
    """Return the length by the textbook's table."""
    lengths = np.zeros((len(first) + 1, len(second) + 1), int)
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            longer = max(lengths[i, j + 1], lengths[i + 1, j])
            lengths[i + 1, j + 1] = lengths[i, j] + 1 if a == b else longer
    return lengths[-1, -1]


@given(st.text("abcd", max_size=80), st.text("abcd", max_size=80))
def test_bits_give_the_length_of_the_table(first, second):
    assert common_length(first, second) == table_length(first, second)


@given(st.text("abc", max_size=20), st.text("abc", max_size=20))
def test_the_subsequence_is_the_one_that_rouge_score_takes(first, second):
    taken = common_positions(positions_of_tokens(first), second)
    places = [place for place in range(len(first)) if taken >> place & 1]
    assert places == (lcs_ind(first, second) if first and second else [])


@pytest.mark.parametrize("measure", MEASURES.values())
def test_texts_without_words_score_0(measure):
    score = measure(["", "a", "!"], ["a", "", "?"])
    assert not np.any([score.precision, score.recall, score.f1])


@pytest.mark.parametrize("measure", MEASURES.values())
def test_each_candidate_needs_its_reference(measure):
    with pytest.raises(ShapeError, match="each of the 2 candidates needs one reference, got 1"):
        measure(["a", "b"], ["a"])


def test_n_is_at_least_1():
    with pytest.raises(SettingError, match="n must be at least 1, got 0"):
        rouge_n(["a"], ["a"], 0)
