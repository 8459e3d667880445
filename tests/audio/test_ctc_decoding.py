"""Decoders of CTC against every text there is, each with its probability by torch's loss."""

from itertools import groupby, product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from praktikum.audio.ctc_beam import ctc_beam_search
from praktikum.audio.ctc_decoding import ctc_greedy
from praktikum.audio.errors import SettingError
from praktikum.audio.language_score import CharacterScore, WordScore
from praktikum.text.kneser_ney import KneserNey
from praktikum.text.ngrams import NgramCounts
from praktikum.text.vocabulary import Vocabulary

SYMBOLS = ("<blank>", " ", "a", "b")
TEXTS = ["ab a", "a b", "abba", "b", "a ab"]


def random_frames(time, symbols, seed):
    generator = torch.Generator().manual_seed(seed)
    return (2 * torch.randn(time, symbols, generator=generator)).log_softmax(-1)


def probability_of(frames, text):
    """Return the log-probability of a text by torch's loss."""
    loss = functional.ctc_loss(
        frames[:, None],
        torch.tensor([text], dtype=torch.long),
        torch.tensor([len(frames)]),
        torch.tensor([len(text)]),
        reduction="sum",
    )
    return -loss.item()


def every_text(frames):
    """Return all texts of at most so many symbols, that there is an alignment for."""
    time, symbols = frames.shape
    texts = (t for n in range(time + 1) for t in product(range(1, symbols), repeat=n))
    return {t: p for t in texts if (p := probability_of(frames, t)) > -torch.inf}


@settings(max_examples=20)
@given(st.integers(1, 4), st.integers(2, 4), st.integers(0, 1000))
def test_a_beam_that_holds_all_texts_has_their_probabilities(time, symbols, seed):
    frames = random_frames(time, symbols, seed)
    expected = every_text(frames)
    found = ctc_beam_search(frames, beam_size=10_000, least=0)
    assert {each.symbols for each in found} == set(expected)
    for each in found:
        assert each.log_prob == pytest.approx(expected[each.symbols], abs=1e-4)
        assert each.score == each.log_prob
    assert found == sorted(found, key=lambda each: each.score, reverse=True)


def character_score(weight=0.7, bonus=0.3):
    model = KneserNey(NgramCounts(map(list, TEXTS), Vocabulary.build([" ab"]), 3))
    return CharacterScore(model, SYMBOLS, weight, bonus)


def word_score(weight=0.7, bonus=0.3):
    words = [text.split() for text in TEXTS]
    model = KneserNey(NgramCounts(words, Vocabulary.build(words), 2))
    return WordScore(model, SYMBOLS, weight, bonus)


@settings(max_examples=10)
@given(st.sampled_from([character_score, word_score]), st.integers(1, 4), st.integers(0, 1000))
def test_with_a_language_model_the_best_of_all_texts_is_found(make, time, seed):
    scorer, frames = make(), random_frames(time, 4, seed)

    def score(text, log_prob):
        steps = sum(scorer.step(text[:n], symbol) for n, symbol in enumerate(text))
        return log_prob + steps + scorer.end(text)

    expected = {text: score(text, log_prob) for text, log_prob in every_text(frames).items()}
    found = ctc_beam_search(frames, beam_size=10_000, scorer=scorer, least=0)
    assert found[0].score == pytest.approx(max(expected.values()), abs=1e-4)
    for each in found:
        assert each.score == pytest.approx(expected[each.symbols], abs=1e-4)


@given(st.text("ab ", max_size=9))
def test_characters_add_what_their_model_says_of_the_text(text):
    scorer, symbols = character_score(), tuple(map(SYMBOLS.index, text))
    model = KneserNey(NgramCounts(map(list, TEXTS), Vocabulary.build([" ab"]), 3))
    added = sum(scorer.step(symbols[:n], symbol) for n, symbol in enumerate(symbols))
    expected = 0.7 * model.log_probability(list(text)) + 0.3 * len(text)
    assert added + scorer.end(symbols) == pytest.approx(expected)


@given(st.text("ab ", max_size=9))
def test_words_add_what_their_model_says_of_the_text(text):
    scorer, symbols = word_score(), tuple(map(SYMBOLS.index, text))
    words = [each.split() for each in TEXTS]
    model = KneserNey(NgramCounts(words, Vocabulary.build(words), 2))
    added = sum(scorer.step(symbols[:n], symbol) for n, symbol in enumerate(symbols))
    expected = 0.7 * model.log_probability(text.split()) + 0.3 * len(text.split())
    assert added + scorer.end(symbols) == pytest.approx(expected)


def test_a_language_model_decides_between_what_sounds_alike():
    frames = torch.tensor([[0.01, 0.01, 0.97, 0.01], [0.02, 0.02, 0.46, 0.5]]).log()
    model = KneserNey(NgramCounts([["a"]] * 9 + [list("b")], Vocabulary.build([" ab"]), 2))
    heard = [
        ctc_beam_search(frames, scorer=scorer)[0].symbols
        for scorer in (None, CharacterScore(model, SYMBOLS, 1.0))
    ]
    assert heard == [(2, 3), (2,)]


@settings(max_examples=30)
@given(st.integers(1, 30), st.integers(1, 5), st.integers(0, 1000))
def test_a_narrow_beam_follows_no_alignment_twice(time, size, seed):
    frames = random_frames(time, 4, seed)
    for each in ctc_beam_search(frames, beam_size=size):
        assert each.log_prob <= probability_of(frames, each.symbols) + 1e-3


@given(st.lists(st.lists(st.integers(0, 3), min_size=7, max_size=7), min_size=1, max_size=3))
def test_greedy_merges_what_is_repeated_and_leaves_blanks_out(paths):
    log_probs = functional.one_hot(torch.tensor(paths), 4).float()
    lengths = [7, 4, 0][: len(paths)]
    expected = [
        [symbol for symbol, _ in groupby(path[:length]) if symbol != 3]
        for path, length in zip(paths, lengths, strict=True)
    ]
    assert ctc_greedy(log_probs, torch.tensor(lengths), blank=3) == expected


def test_no_frames_are_the_empty_text():
    assert ctc_beam_search(torch.zeros(0, 3))[0] == ((), 0.0, 0.0)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ctc_beam_search(torch.zeros(1, 3), beam_size=0), "beam_size must be at least 1"),
        (lambda: ctc_beam_search(torch.zeros(1, 3), least=1.0), r"least in \[0, 1\), got 16 and 1"),
        (lambda: character_score(weight=-1.0), "weight must be at least 0, got -1.0"),
        (
            lambda: WordScore(KneserNey(NgramCounts([], Vocabulary.build([]), 2)), ("a",)),
            "space=' ' must be among the symbols",
        ),
    ],
)
def test_settings_out_of_range_are_refused(call, said):
    with pytest.raises(SettingError, match=said):
        call()
