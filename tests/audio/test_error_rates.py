"""Error rates against jiwer, distances against RapidFuzz."""

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from praktikum.audio.error_rates import character_error_rate, edit_distance, word_error_rate
from praktikum.audio.errors import ShapeError

texts = st.text("ab \n", max_size=12)
pairs = st.lists(st.tuples(texts, texts), min_size=1, max_size=4)


@given(st.text("abc", max_size=80), st.text("abcd", max_size=80))
def test_distances_are_rapidfuzzs(reference, hypothesis):
    assert edit_distance(reference, hypothesis) == Levenshtein.distance(reference, hypothesis)


@given(pairs)
def test_the_rate_of_words_is_jiwers(pairs):
    references, hypotheses = ([pair[side] for pair in pairs] for side in (0, 1))
    plain = [[" ".join(text.split()) for text in side] for side in (references, hypotheses)]
    assert word_error_rate(references, hypotheses) == pytest.approx(jiwer.wer(*plain))


@given(pairs)
def test_the_rate_of_characters_is_jiwers(pairs):
    references, hypotheses = ([pair[side] for pair in pairs] for side in (0, 1))
    assert character_error_rate(references, hypotheses) == pytest.approx(
        jiwer.cer(references, hypotheses)
    )


def test_a_rate_may_be_above_one():
    assert word_error_rate(["yes"], ["no no no"]) == 3


@pytest.mark.parametrize("rate", [word_error_rate, character_error_rate])
def test_each_reference_needs_a_hypothesis(rate):
    with pytest.raises(ShapeError, match="each of 2 references needs one hypothesis, got 1"):
        rate(["a", "b"], ["a"])
