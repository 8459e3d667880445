"""BLEU against sacrebleu, on texts made to hit every rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

from praktikum.text.bleu import corpus_bleu, sentence_bleu
from praktikum.text.bleu_tokenisation import bleu_tokens
from praktikum.text.errors import SettingError, ShapeError

LINE = "the cat sat. on 3.14 a,b x--y 10-3 &quot;hi it's ... Mat! - é.2 <skipped> ,. foo-\nbar"
WORDS = LINE.split(" ")
REAL = {
    "candidates": [
        "It is a guide to action which ensures that the military always obeys the commands.",
        "It is to insure the troops forever hearing the activity guidebook that party direct.",
    ],
    "references": [
        [
            "It is a guide to action that ensures that the army will forever heed Party commands.",
            "It is the guiding principle which guarantees the military forces being under command.",
        ],
        [
            "It is the practical guide for the army always to heed the directions of the party.",
            "It is the guiding principle which guarantees the military forces being under command.",
        ],
    ],
}
lines = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
smoothings = st.sampled_from(["none", "floor", "add-k", "exp"])


@st.composite
def corpora(draw):
    """Candidates, and equally many references of each."""
    n_references = draw(st.integers(1, 3))
    rows = st.tuples(lines, st.lists(lines, min_size=n_references, max_size=n_references))
    return tuple(zip(*draw(st.lists(rows, min_size=1, max_size=4)), strict=True))


@given(
    corpora(), smoothings, st.sampled_from(["13a", "char", "none"]), st.booleans(), st.booleans()
)
def test_a_corpus_scores_as_in_sacrebleu(corpus, smoothing, tokeniser, effective, lowercase):
    candidates, references = corpus
    ours = corpus_bleu(
        candidates,
        references,
        smoothing=smoothing,
        tokeniser=tokeniser,
        effective_order=effective,
        lowercase=lowercase,
    )
    peer = BLEU(
        smooth_method=smoothing,
        tokenize=tokeniser,
        effective_order=effective,
        lowercase=lowercase,
        force=True,
    ).corpus_score(candidates, list(zip(*references, strict=True)))
    assert ours.score == pytest.approx(peer.score, abs=1e-9)
    assert ours.brevity_penalty == pytest.approx(peer.bp, abs=1e-12)
    assert (ours.candidate_length, ours.reference_length) == (peer.sys_len, peer.ref_len)


@given(lines, st.lists(lines, min_size=1, max_size=3), smoothings, st.booleans())
def test_a_sentence_scores_as_in_sacrebleu(candidate, references, smoothing, effective):
    ours = sentence_bleu(candidate, references, smoothing=smoothing, effective_order=effective)
    metric = BLEU(smooth_method=smoothing, effective_order=True)
    metric.effective_order = effective  # set afterwards: asked for at once, False only warns
    peer = metric.sentence_score(candidate, references)
    assert ours.score == pytest.approx(peer.score, abs=1e-9)


@pytest.mark.parametrize("smoothing", ["none", "floor", "add-k", "exp"])
@pytest.mark.parametrize("max_order", [1, 2, 4, 6])
def test_the_papers_example_scores_as_in_sacrebleu(smoothing, max_order):
    ours = corpus_bleu(**REAL, smoothing=smoothing, max_order=max_order)
    metric = BLEU(smooth_method=smoothing, max_ngram_order=max_order)
    peer = metric.corpus_score(REAL["candidates"], list(zip(*REAL["references"], strict=True)))
    assert ours.score == pytest.approx(peer.score, abs=1e-9)
    assert ours.precisions == pytest.approx(peer.precisions, abs=1e-9)


@pytest.mark.parametrize(("smoothing", "value"), [("floor", 0.5), ("add-k", 0.3)])
def test_smoothing_has_a_value(smoothing, value):
    ours = sentence_bleu("a b c d x", ["a b y d e"], smoothing=smoothing, smooth_value=value)
    metric = BLEU(smooth_method=smoothing, smooth_value=value, effective_order=True)
    assert ours.score == pytest.approx(metric.sentence_score("a b c d x", ["a b y d e"]).score)


def test_candidates_may_have_different_numbers_of_references():
    ours = corpus_bleu(["a b c d e", "f g h"], [["a b c d", "b c d e x y"], ["f g h i"]])
    streams = [["a b c d", "f g h i"], ["b c d e x y", None]]
    peer = BLEU(force=True).corpus_score(["a b c d e", "f g h"], streams)
    assert ours.score == pytest.approx(peer.score, abs=1e-9)


@given(st.text(alphabet="ab19.,-&;!'$ \n\t\u00a0é<>skiped/~`", max_size=30))
def test_13a_cuts_as_sacrebleu_does(line):
    (tokens,) = bleu_tokens([line])
    assert tokens == Tokenizer13a()(line.rstrip()).split()


def test_a_line_is_cut_as_if_it_were_alone():
    together = bleu_tokens(["1.", "000 a,", ".b", "", "-"])
    assert together == [tokens for line in ("1.", "000 a,", ".b", "", "-")
                        for tokens in bleu_tokens([line])]  # fmt: skip


def test_nothing_at_all_scores_0():
    assert sentence_bleu("", ["a b"]).score == 0


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((["a"], []), ShapeError, "each of the 1 candidates .* got 0 lists; .*transposed"),
        ((["a"], [[]]), ShapeError, r"candidate 0 needs a list of one reference or more, got \[\]"),
        ((["a"], ["a"]), ShapeError, "candidate 0 needs a list"),
    ],
)
def test_missing_references_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        corpus_bleu(*arguments)


def test_max_order_is_at_least_1():
    with pytest.raises(SettingError, match="max_order must be at least 1, got 0"):
        corpus_bleu(["a"], [["a"]], max_order=0)
