"""Words of reviews."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktikum.text import tokenisation
from praktikum.text.tokenisation import STOP_WORDS, tokenise


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("GREAT Film", ["great", "film"], id="lower case"),
        pytest.param("end.<br /><br />New", ["end", "new"], id="a tag separates"),
        pytest.param('<a href="x">link</a>', ["link"], id="attributes are no words"),
        pytest.param("one<!-- two <b> -->three", ["one", "three"], id="a comment"),
        pytest.param("2 < 3 and x > y", ["and", "x", "y"], id="less-than is no tag"),
        pytest.param("rock &amp; roll", ["rock", "roll"], id="an entity"),
        pytest.param("&lt;3 films", ["films"], id="an entity that looks like a tag"),
        pytest.param("can't 10/10 snake_case", ["can", "t", "snake", "case"], id="letters only"),
        pytest.param("Ёлка, naïve café", ["ёлка", "naïve", "café"], id="any alphabet"),
        pytest.param("... 42 !", [], id="nothing left"),
    ],
)
def test_words_are_letters_in_lower_case_without_markup(text, words):
    assert tokenise(text) == words


def test_stop_words_are_left_out_and_negations_are_not():
    assert tokenise("The film isn't good, nor is it not bad", STOP_WORDS) == [
        *("film", "isn", "t", "good", "nor", "not", "bad")
    ]


@given(st.text())
def test_tokenising_again_changes_nothing(text):
    words = tokenise(text)
    assert tokenise(" ".join(words)) == words


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(tokenisation).failed == 0
