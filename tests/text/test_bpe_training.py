"""Merges that training finds, against `tokenizers` and by the steps of the paper."""

import doctest
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from praktikum.text import bpe_steps as steps
from praktikum.text.bpe_steps import bpe_steps, split
from praktikum.text.bpe_training import learn_bpe, train_byte_bpe
from praktikum.text.errors import SettingError

from .odd_texts import ODD, prose

PAPER = {"low": 5, "lower": 2, "newest": 6, "widest": 3}
RUSSIAN = "Шла Саша по шоссе и сосала сушку. У Саши на шоссе высохли сушки. " * 2


def their_model(texts, size, **settings):
    """What `tokenizers` learns: the vocabulary and the merges."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=size, show_progress=False, initial_alphabet=alphabet, **settings
    )
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [tuple(pair) for pair in model["merges"]]


def our_model(texts, size, **settings):
    model = train_byte_bpe(texts, size, **settings).model
    return model.vocabulary, model.merges


@pytest.mark.parametrize("min_frequency", [1, 2, 5])
@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([prose()[:60_000]], id="English"),
        pytest.param([RUSSIAN], id="Russian"),
        pytest.param(ODD, id="odd texts"),
        pytest.param([], id="nothing"),
    ],
)
def test_tokens_and_merges_are_those_of_tokenizers(texts, min_frequency):
    settings = {"min_frequency": min_frequency, "special_tokens": ["<pad>", "<|endoftext|>"]}
    assert our_model(texts, 1500, **settings) == their_model(texts, 1500, **settings)


@given(st.lists(st.text("abс ", max_size=12), max_size=6))
def test_tokens_made_in_two_ways_are_counted_as_tokenizers_does(texts):
    ours, theirs = (learn(texts, 300, min_frequency=1) for learn in (our_model, their_model))
    assert ours == theirs


def test_the_example_of_the_paper_is_learnt():
    pairs = [step.pair for step in bpe_steps(split(PAPER), n_merges=4)]
    assert pairs[:2] == [("e", "s"), ("es", "t")]
    assert {pairs[2], pairs[3]} == {("l", "o"), ("lo", "w")}


@pytest.mark.parametrize("text", [prose()[:1500], RUSSIAN], ids=["English", "Russian"])
def test_counting_anew_after_each_merge_finds_the_same_merges(text):
    counts = {word: text.split().count(word) for word in set(text.split())}
    alphabet = len(set("".join(counts)))
    learnt = learn_bpe(counts, alphabet + 60, min_frequency=1)
    assert [step.pair for step in bpe_steps(split(counts), n_merges=60)] == learnt.merges


def test_steps_end_where_no_pair_is_left():
    (step,) = bpe_steps({("a", "b"): 3}, n_merges=9)
    assert (step.pair, step.count, step.words) == (("a", "b"), 3, {("ab",): 3})


def test_a_tokeniser_for_a_language_cuts_it_into_fewer_tokens():
    trained = train_byte_bpe([RUSSIAN], 400)
    assert len(trained.encode("Саша на шоссе")) < len("Саша на шоссе") / 2
    assert trained.decode(trained.encode("Саша ☃")) == "Саша ☃"


def test_a_vocabulary_without_room_for_bytes_is_refused():
    with pytest.raises(SettingError, match="vocab_size=256 must have room for 257 special tokens"):
        train_byte_bpe(["text"], 256, special_tokens=["<pad>"])


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(steps).failed == 0
