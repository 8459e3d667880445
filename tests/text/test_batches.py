"""Truncation, padding and buckets."""

import doctest

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader

from praktikum.engine.order import epoch_batches
from praktikum.engine.processes import OneProcess
from praktikum.text import collation
from praktikum.text.buckets import BucketSampler
from praktikum.text.collation import CollateLabelled, CollateLanguage, pad_sequences, truncate
from praktikum.text.errors import SettingError, ShapeError

PAD, SOS, EOS = 0, 1, 2
texts = st.lists(st.lists(st.integers(3, 9), max_size=7), min_size=1, max_size=5)


@given(st.lists(st.integers(3, 9), max_size=9), st.integers(1, 9))
def test_truncation_never_eats_the_end(words, max_length):
    text = [*words, EOS]
    short = truncate(text, max_length, EOS)
    assert len(short) == min(len(text), max_length)
    assert short[-1] == EOS
    assert short[:-1] == words[: len(short) - 1]


def test_a_text_without_an_end_gets_none():
    assert truncate([5, 6, 7], 2, EOS) == [5, 6]


def test_no_tokens_cannot_be_kept():
    with pytest.raises(SettingError, match="at least 1 token, got 0"):
        truncate([5], 0)


@given(texts, st.booleans())
def test_padding_is_what_torch_pads(sequences, batch_first):
    tokens, lengths = pad_sequences(sequences, PAD, batch_first)
    tensors = [torch.tensor(sequence, dtype=torch.long) for sequence in sequences]
    assert torch.equal(tokens, pad_sequence(tensors, batch_first, PAD))
    assert lengths.tolist() == [len(sequence) for sequence in sequences]


def test_an_empty_batch_is_refused():
    with pytest.raises(ShapeError, match="no batch of no texts"):
        pad_sequences([], PAD)


def test_labels_go_with_their_texts():
    collate = CollateLabelled(PAD, max_length=3, eos=EOS)
    batch = collate([([5, 6, 7, EOS], 9), ([8, EOS], 0)])
    assert batch.tokens.tolist() == [[5, 8], [6, EOS], [EOS, PAD]]
    assert batch.lengths.tolist() == [3, 2]
    assert batch.labels.tolist() == [9, 0]


def test_a_language_model_is_to_say_the_next_token():
    batch = CollateLanguage(PAD, batch_first=True)([[SOS, 5, 6, EOS], [SOS, 7, EOS]])
    assert batch.inputs.tolist() == [[SOS, 5, 6], [SOS, 7, PAD]]
    assert batch.targets.tolist() == [[5, 6, EOS], [7, EOS, PAD]]
    assert batch.lengths.tolist() == [3, 2]


def test_a_language_model_needs_two_tokens():
    with pytest.raises(ShapeError, match="at least two tokens"):
        CollateLanguage(PAD)([[SOS]])


@given(st.lists(st.integers(1, 50), min_size=1, max_size=60), st.integers(1, 7), st.integers(1, 4))
def test_each_example_is_in_one_batch(lengths, batch_size, pool):
    sampler = BucketSampler(lengths, batch_size, pool)
    batches = list(sampler)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    assert len(batches) == len(sampler)
    assert max(map(len, batches)) <= batch_size


def padding(lengths, batches):
    longest = [max(lengths[index] for index in batch) for batch in batches]
    room = sum(length * len(batch) for length, batch in zip(longest, batches, strict=True))
    return 1 - sum(lengths) / room


def test_buckets_leave_little_padding():
    lengths = torch.randint(5, 200, (2000,), generator=torch.Generator().manual_seed(0)).tolist()
    assert padding(lengths, BucketSampler(lengths, 20, pool=1)) > 0.4
    assert padding(lengths, BucketSampler(lengths, 20)) < 0.05


def test_epochs_differ_and_a_seed_repeats_them():
    lengths = list(range(100))
    one, other = BucketSampler(lengths, 8, seed=3), BucketSampler(lengths, 8, seed=3)
    first, second = list(one), list(one)
    assert first != second
    assert [first, second] == [list(other), list(other)]
    assert first != list(BucketSampler(lengths, 8, seed=4))


def test_the_trainer_repeats_an_epoch_by_its_number():
    lengths = list(range(40))

    def epoch(number, seed_of_sampler):
        loader = DataLoader(lengths, batch_sampler=BucketSampler(lengths, 8, seed=seed_of_sampler))
        return [batch.tolist() for batch in epoch_batches(loader, 5, number, 0, OneProcess())]

    assert epoch(1, 0) == epoch(1, 1)
    assert epoch(1, 0) != epoch(2, 0)


@pytest.mark.parametrize(("batch_size", "pool"), [(0, 1), (1, 0)])
def test_impossible_buckets_are_refused(batch_size, pool):
    with pytest.raises(SettingError, match=f"at least 1, got {batch_size} and {pool}"):
        BucketSampler([1], batch_size, pool)


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(collation).failed == 0
