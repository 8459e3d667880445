"""Unigram: cuts against `tokenizers`, training against all cuts written out and against it, too."""

import doctest
import json
import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from praktikum.text import unigram, unigram_lattice
from praktikum.text.errors import SettingError
from praktikum.text.unigram import Unigram
from praktikum.text.unigram_lattice import Lattice
from praktikum.text.unigram_training import seed_pieces, train_unigram

from .odd_texts import prose

TEXT = prose()[:30_000]
SCORES = {"a": -2.1, "b": -2.4, "c": -3.0, "ab": -2.9, "bc": -3.5, "abc": -4.7, "ca": -3.9}
PIECES = {piece: number for number, piece in enumerate(SCORES)}
ARRAY = np.array(list(SCORES.values()))


def all_cuts(word):
    """Every way to cut a word into known pieces."""
    for inner in product([False, True], repeat=len(word) - 1):
        ends = [place for place, cut in enumerate(inner, start=1) if cut] + [len(word)]
        cut = [word[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        if all(piece in SCORES for piece in cut):
            yield cut


def log_probability(cut):
    return sum(SCORES[piece] for piece in cut)


@given(st.text("abcd ", max_size=15), st.floats(-6, -1), st.floats(-6, -1))
def test_the_best_cut_is_that_of_tokenizers(text, rare, frequent):
    pieces = [("<unk>", 0.0), ("a", frequent), ("b", rare), ("ab", rare), ("aba", 2.5 * frequent)]
    theirs = Tokenizer(models.Unigram(pieces, 0))
    assert Unigram(pieces)(text) == theirs.encode(text).ids


@given(st.text("abc", min_size=1, max_size=7))
def test_the_best_of_all_cuts_is_found(word):
    best = max(map(log_probability, all_cuts(word)))
    found = Unigram([("<unk>", 0.0), *SCORES.items()]).best_cut(word)
    lattice = Lattice([word, "a"], PIECES)
    edges = lattice.best_cuts(ARRAY)
    assert log_probability(found) == pytest.approx(best)
    assert ARRAY[lattice.piece[edges[lattice.word[edges] == 0]]].sum() == pytest.approx(best)


@given(st.lists(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=4))
def test_expected_counts_are_those_over_all_cuts(words):
    frequencies = np.arange(1.0, len(words) + 1)
    counts, total = np.zeros(len(SCORES)), 0.0
    for word, frequency in zip(words, frequencies, strict=True):
        shares = [math.exp(log_probability(cut)) for cut in all_cuts(word)]
        total += frequency * math.log(sum(shares))
        for cut, share in zip(all_cuts(word), shares, strict=True):
            for piece in cut:
                counts[PIECES[piece]] += frequency * share / sum(shares)
    found, log_likelihood = Lattice(words, PIECES).expected_counts(ARRAY, frequencies)
    np.testing.assert_allclose(found, counts, atol=1e-12)
    assert log_likelihood == pytest.approx(total)


def test_pieces_that_are_taken_out_leave_the_lattice_of_the_others():
    left = np.array([0, 1, 2, -1, 3, -1, -1])
    kept = {piece: int(left[number]) for piece, number in PIECES.items() if left[number] >= 0}
    shrunk, anew = Lattice(["abca", "bc"], PIECES), Lattice(["abca", "bc"], kept)
    shrunk.only(left)
    results = [each.expected_counts(ARRAY[left >= 0], np.ones(2)) for each in (shrunk, anew)]
    np.testing.assert_array_equal(results[0][0], results[1][0])


def test_strings_that_only_stand_in_longer_ones_are_no_seeds():
    seeds = seed_pieces({"return": 3, "turn": 2, "nut": 1}, longest=16, n_seeds=99)
    assert {piece for piece in seeds if len(piece) > 1} == {"return", "turn"}
    assert seeds["turn"] == 5


def log_likelihood_of(pieces, ids):
    return sum(pieces[number][1] for number in ids)


@pytest.mark.parametrize("size", [200, 600])
def test_texts_are_as_likely_as_with_the_pieces_that_tokenizers_learns(size):
    theirs = Tokenizer(models.Unigram())
    theirs.pre_tokenizer, theirs.normalizer = pre_tokenizers.Metaspace(), normalizers.NFKC()
    trainer = trainers.UnigramTrainer(
        vocab_size=size, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False
    )
    theirs.train_from_iterator([TEXT], trainer)
    ours = train_unigram([TEXT], size)
    assert ours.vocab_size == theirs.get_vocab_size() == size
    their_pieces = json.loads(theirs.to_str())["model"]["vocab"]
    their_likelihood = log_likelihood_of(their_pieces, theirs.encode(TEXT).ids)
    assert log_likelihood_of(ours.model.pieces, ours.encode(TEXT)) > 1.005 * their_likelihood


def test_a_text_comes_back_after_training():
    trained = train_unigram([TEXT], 300, special_tokens=["<pad>"])
    assert trained.decode(trained.encode(TEXT)) == TEXT
    assert trained.encode("<pad>") == [1]


def test_more_likely_pieces_come_first_and_every_character_is_one():
    pieces = train_unigram([TEXT], 300).model.pieces[1:]
    scores = [score for _, score in pieces]
    assert scores == sorted(scores, reverse=True)
    assert {piece for piece, _ in pieces} >= set(TEXT.replace(" ", "▁"))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Unigram([("a", 0.0)], unk_id=1), "unk_id=1 must be one of the 1 pieces"),
        (lambda: train_unigram(["abc"], 4), "3 tokens are left .* room for 4 characters"),
    ],
)
def test_impossible_settings_are_refused(call, said):
    with pytest.raises(SettingError, match=said):
        call()


@pytest.mark.parametrize("module", [unigram, unigram_lattice])
def test_the_examples_of_the_modules_hold(module):
    assert doctest.testmod(module).failed == 0
