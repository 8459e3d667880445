"""chrF and chrF++ against sacrebleu, on texts made to hit every rule and on real ones."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import CHRF

from praktikum.text.chrf import corpus_chrf, sentence_chrf
from praktikum.text.errors import SettingError, ShapeError

LINE = "кот сидел. на 3.14 а,б (х) ... \u00a0 о ё cat Mat! - ) ё\u0308 \U0001f600"
WORDS = LINE.split(" ")
lines = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
settings = st.fixed_dictionaries(
    {
        "char_order": st.integers(1, 6),
        "word_order": st.integers(0, 2),
        "beta": st.integers(1, 3),
        "lowercase": st.booleans(),
        "whitespace": st.booleans(),
    }
)


@st.composite
def corpora(draw, text=lines):
    """Candidates, and equally many references of each."""
    n_references = draw(st.integers(1, 3))
    rows = st.tuples(text, st.lists(text, min_size=n_references, max_size=n_references))
    return tuple(zip(*draw(st.lists(rows, min_size=1, max_size=4)), strict=True))


@given(corpora(), settings)
def test_a_corpus_scores_as_in_sacrebleu(corpus, asked):
    candidates, references = corpus
    peer = CHRF(**asked).corpus_score(candidates, list(zip(*references, strict=True)))
    assert corpus_chrf(candidates, references, **asked) == pytest.approx(peer.score, abs=1e-9)


@given(corpora(st.text(max_size=12)), settings)
def test_any_characters_score_as_in_sacrebleu(corpus, asked):
    candidates, references = corpus
    peer = CHRF(**asked).corpus_score(candidates, list(zip(*references, strict=True)))
    assert corpus_chrf(candidates, references, **asked) == pytest.approx(peer.score, abs=1e-9)


@given(lines, st.lists(lines, min_size=1, max_size=3), settings)
def test_a_sentence_scores_as_in_sacrebleu(candidate, references, asked):
    peer = CHRF(**asked).sentence_score(candidate, references)
    assert sentence_chrf(candidate, references, **asked) == pytest.approx(peer.score, abs=1e-9)


@pytest.mark.parametrize("word_order", [0, 2])
def test_two_pages_of_prose_score_as_in_sacrebleu(word_order):
    pages = [Path(__file__).parents[2] / name for name in ("README.ru.md", "README.md")]
    russian, english = (page.read_text(encoding="utf-8").splitlines()[:90] for page in pages)
    candidates = [f"{line[3:]} и {line[:9]}" for line in russian]
    references = [list(pair) for pair in zip(russian, english, strict=True)]
    peer = CHRF(word_order=word_order)
    expected = peer.corpus_score(candidates, list(zip(*references, strict=True))).score
    found = corpus_chrf(candidates, references, word_order=word_order)
    assert found == pytest.approx(expected, abs=1e-9)
    assert 50 < found < 100


def test_candidates_may_have_different_numbers_of_references():
    candidates, references = ["a b c d e", "f g h"], [["a b c d", "b c d e x y"], ["f g h i"]]
    streams = [["a b c d", "f g h i"], ["b c d e x y", None]]
    assert corpus_chrf(candidates, references) == pytest.approx(
        CHRF().corpus_score(candidates, streams).score, abs=1e-9
    )


def test_the_same_text_scores_100_and_another_0():
    assert sentence_chrf("Та же строка.", ["Та же строка."], word_order=2) == pytest.approx(100)
    assert sentence_chrf("abc", ["где"], word_order=2) == 0
    assert sentence_chrf("", ["где"]) == 0


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"references": []}, ShapeError, "each of the 1 candidates .* got 0 lists"),
        ({"references": ["a"]}, ShapeError, "candidate 0 needs a list"),
        ({"char_order": -1}, SettingError, "must be at least 0 .* got -1, 0 and 2.0"),
        ({"char_order": 0}, SettingError, "one of them above"),
        ({"beta": 0.0}, SettingError, "beta above 0"),
    ],
)
def test_what_cannot_be_scored_is_refused(asked, error, message):
    with pytest.raises(error, match=message):
        corpus_chrf(**{"candidates": ["a"], "references": [["a"]]} | asked)
