"""Masked tokens, pairs of texts, and what is guessed between neighbours."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from praktikum.text.errors import SettingError, ShapeError
from praktikum.text.masking import Masking
from praktikum.text.neighbour_guess import NeighbourGuess
from praktikum.text.sentence_pairs import CollatePretraining, MaskedPairs

PAD, START, END, MASK = range(4)
WORDS = range(4, 30)


@given(st.lists(st.integers(0, 29), min_size=1, max_size=40), st.integers(0, 99))
def test_only_words_are_chosen_and_only_the_chosen_change(tokens, seed):
    tokens = np.array([*tokens, 7])
    read, chosen = Masking(MASK, WORDS, share=0.4)(tokens, np.random.default_rng(seed))
    assert set(tokens[chosen]) <= set(WORDS)
    assert chosen.sum() == max(1, round(0.4 * np.isin(tokens, WORDS).sum()))
    assert (read[~chosen] == tokens[~chosen]).all()
    assert set(read[chosen]) <= {MASK, *WORDS}


def test_of_the_chosen_eight_in_ten_are_masked_and_one_is_replaced():
    tokens = np.full(200_000, 5)
    read, chosen = Masking(MASK, WORDS)(tokens, np.random.default_rng(0))
    assert chosen.mean() == pytest.approx(0.15, abs=1e-5)
    assert (read[chosen] == MASK).mean() == pytest.approx(0.8, abs=0.01)
    # One in 26 of the replaced is replaced by itself.
    assert (read[chosen] == 5).mean() == pytest.approx(0.1 + 0.1 / 26, abs=0.01)
    others = Counter(read[chosen & (read != MASK) & (read != 5)].tolist())
    assert set(others) == set(WORDS) - {5}
    assert max(others.values()) < 2 * min(others.values())


@pytest.fixture
def texts():
    """Texts whose tokens tell from which text they are, and at which place they stand."""
    return [list(range(100 * text, 100 * text + 5 + text)) for text in range(1, 30)]


def pairs_of(texts, **settings):
    return MaskedPairs(texts, Masking(MASK, range(100, 4000)), START, END, **settings)


def test_half_of_the_pairs_are_what_follows_and_half_the_end_of_another_text(texts):
    pairs, others = pairs_of(texts, max_length=60), 0
    for epoch in range(20):
        pairs.set_epoch(epoch)
        for index in range(len(pairs)):
            example = pairs[index]
            tokens = example.targets
            assert (tokens[0], tokens[-1]) == (START, END)
            first, second = (tokens[example.segments == part] for part in (0, 1))
            assert first[-1] == END
            whole = np.concatenate((first[1:-1], second[:-1])).tolist()
            assert (whole == texts[index]) == (not example.is_other)
            if example.is_other:
                (number,) = {token // 100 for token in second[:-1].tolist()}
                assert number != index + 1
                assert second[-2] == texts[number - 1][-1]  # it is that text's end
            others += example.is_other
    assert others / (20 * len(pairs)) == pytest.approx(0.5, abs=0.06)


def test_an_example_depends_on_seed_epoch_and_number_alone(texts):
    one, two = pairs_of(texts), pairs_of(texts)
    assert all(np.array_equal(a, b) for a, b in zip(one[3], two[3], strict=True))
    before = one[3].tokens
    one.set_epoch(1)
    assert not np.array_equal(one[3].tokens, before)
    assert not np.array_equal(pairs_of(texts, seed=1)[3].tokens, before)


@given(st.integers(7, 30))
def test_no_example_is_longer_than_it_may_be(max_length):
    texts = [list(range(4, 4 + length)) for length in (4, 9, 30, 80)]
    pairs = MaskedPairs(texts, Masking(MASK, range(4, 99)), START, END, max_length)
    assert all(len(pairs[index].tokens) <= max_length for index in range(4))


def test_a_batch_says_what_is_padding(texts):
    examples = [pairs_of(texts)[index] for index in (0, 20)]
    batch = CollatePretraining(PAD)(examples)
    lengths = [len(example.tokens) for example in examples]
    assert batch.mask.sum(1).tolist() == lengths
    for row, example in enumerate(examples):
        assert batch.tokens[row, : lengths[row]].tolist() == example.tokens.tolist()
        assert batch.targets[row][batch.chosen[row]].tolist() == (
            example.targets[example.chosen].tolist()
        )
        assert not batch.tokens[row, lengths[row] :].any()
        assert not batch.chosen[row, lengths[row] :].any()
    assert batch.is_other.dtype == torch.int64


def test_a_guess_is_the_product_of_what_was_counted():
    """Against sums over a small corpus, pair by pair."""
    texts = [[1, 4, 2, 5, 1], [1, 4, 3, 5, 1], [1, 4, 2, 4, 1]]
    guess = NeighbourGuess(texts, 6, prior=2.0)
    pairs = Counter(pair for text in texts for pair in pairwise(text))
    single = Counter(token for text in texts for token in text)
    p = {token: (single[token] + 1) / (15 + 6) for token in range(6)}
    for left, right in ((4, 5), (1, None), (None, 2), (None, None)):
        expected = []
        for token in range(6):
            chance = p[token]
            if left is not None:
                chance = pairs[left, token] + 2 * p[token]
            if right is not None:
                before = sum(count for (one, _), count in pairs.items() if one == token)
                chance *= (pairs[token, right] + 2 * p[right]) / (before + 2)
            expected.append(np.log(chance))
        np.testing.assert_allclose(guess.log_probabilities(left, right), expected, rtol=1e-12)
    assert guess.guess(4, 5) in (2, 3)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Masking(MASK, WORDS, share=0), SettingError, "share=0 must be above 0"),
        (lambda: Masking(MASK, WORDS, masked=0.95), SettingError, "together at most 1"),
        (lambda: Masking(MASK, []), SettingError, "words must hold the tokens"),
        (lambda: pairs_of([[5] * 9] * 2, max_length=6), SettingError, "must be at least 7 tokens"),
        (lambda: pairs_of([[5] * 9, [5] * 3]), ShapeError, "need two texts of 4 tokens, got 1"),
        (lambda: NeighbourGuess([[1, 2]], 3, prior=0), SettingError, "prior=0 must be above 0"),
        (
            lambda: Masking(MASK, WORDS)(np.array([START, END]), np.random.default_rng(0)),
            ShapeError,
            r"a token that may be masked, got \[1, 2\]",
        ),
    ],
)
def test_what_cannot_be_done_is_told(make, error, message):
    with pytest.raises(error, match=message):
        make()
