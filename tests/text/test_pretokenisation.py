"""Cuts between words, against `tokenizers`."""

import doctest

import pytest
from hypothesis import given
from tokenizers import pre_tokenizers

from praktikum.text import pretokenisation
from praktikum.text.pretokenisation import BertWords, ByteLevelWords, Metaspace

from .odd_texts import ODD, prose, texts

IN_ONE_TABLE = [chr(c) for c in range(0x10000) if not 0xD800 <= c <= 0xDFFF]
BEYOND = [chr(c) for c in range(0x10000, 0x32000, 5)]
PAIRS = [
    pytest.param(ByteLevelWords(), pre_tokenizers.ByteLevel(False), id="GPT-2"),
    pytest.param(ByteLevelWords(True), pre_tokenizers.ByteLevel(True), id="space before"),
    pytest.param(BertWords(), pre_tokenizers.BertPreTokenizer(), id="BERT"),
    pytest.param(Metaspace(), pre_tokenizers.Metaspace(), id="metaspace"),
]


def their_words(theirs, text):
    """Words as they stand in the text: byte-level ones come written in signs of bytes."""
    words = theirs.pre_tokenize_str(text)
    if isinstance(theirs, pre_tokenizers.ByteLevel):
        signs = dict(zip(*map(list, _signs_and_bytes()), strict=True))
        return [bytes(signs[sign] for sign in word).decode() for word, _ in words]
    return [word for word, _ in words]


def _signs_and_bytes():
    from praktikum.text.byte_bpe import BYTE_SIGNS

    return BYTE_SIGNS, range(256)


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
@given(texts)
def test_a_text_is_cut_as_tokenizers_does(ours, theirs, text):
    assert ours(text) == their_words(theirs, text)


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
@pytest.mark.parametrize("text", [*ODD, prose()], ids=repr)
def test_texts_with_all_sorts_of_signs_are_cut_so(ours, theirs, text):
    assert ours(text) == their_words(theirs, text)


@pytest.mark.parametrize(("ours", "theirs"), [PAIRS[0], PAIRS[2]])
@pytest.mark.parametrize("characters", [IN_ONE_TABLE, BEYOND], ids=["first plane", "beyond"])
def test_every_character_is_a_letter_digit_or_sign_as_in_tokenizers(ours, theirs, characters):
    text = " ".join(f"a{character}1{character}." for character in characters)
    assert ours(text) == their_words(theirs, text)


@given(texts)
def test_byte_level_words_joined_are_the_text(text):
    assert "".join(ByteLevelWords()(text)) == text


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(pretokenisation).failed == 0
