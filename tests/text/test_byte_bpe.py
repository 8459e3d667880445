"""Byte-level BPE with GPT-2's files, against `tokenizers`."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from praktikum.text import byte_bpe
from praktikum.text.byte_bpe import BYTE_SIGNS, ByteBPE
from praktikum.text.errors import FormatError, SettingError
from praktikum.text.published_tokenizers import gpt2_tokenizer

from .odd_texts import ODD, gpt2_folder, prose, texts

ALPHABET = {sign: number for number, sign in enumerate(sorted(BYTE_SIGNS))}


@pytest.fixture(scope="module")
def theirs():
    folder = gpt2_folder()
    tokenizer = Tokenizer(
        models.BPE.from_file(str(folder / "encoder.json"), str(folder / "vocab.bpe"))
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|endoftext|>"])
    return tokenizer


@pytest.fixture(scope="module")
def ours():
    return gpt2_tokenizer()


def test_published_ids_come_out(ours):
    assert ours.encode("Deep learning") == [29744, 4673]
    assert ours.encode("<|endoftext|>") == [50256]
    assert ours.vocab_size == 50257


@pytest.mark.parametrize("text", [*ODD, prose()], ids=repr)
def test_texts_with_all_sorts_of_signs_get_the_ids_of_tokenizers(ours, theirs, text):
    assert ours.encode(text) == theirs.encode(text).ids


@given(text=texts)
def test_any_text_gets_the_ids_of_tokenizers(ours, theirs, text):
    assert ours.encode(text) == theirs.encode(text).ids


@given(text=texts)
def test_any_text_comes_back(ours, text):
    assert ours.decode(ours.encode(text), skip_special_tokens=False) == text


@given(ids=st.lists(st.integers(0, 50256), max_size=8))
def test_any_ids_are_read_as_tokenizers_reads_them(ours, theirs, ids):
    assert ours.decode(ids) == theirs.decode(ids)


@given(
    st.text("ab", min_size=1, max_size=12), st.permutations([("a", "b"), ("b", "a"), ("a", "a")])
)
def test_of_equal_pairs_the_leftmost_is_merged_first(word, merges):
    vocabulary = {**ALPHABET, "ab": 256, "ba": 257, "aa": 258, "aba": 259, "aab": 260}
    merges = [*merges, ("a", "ba"), ("ab", "a"), ("aa", "b"), ("a", "ab")]
    theirs = Tokenizer(models.BPE(vocabulary, merges))
    assert ByteBPE(vocabulary, merges)(word) == theirs.encode(word).ids


def test_a_vocabulary_without_all_bytes_is_refused():
    with pytest.raises(SettingError, match="all 256 signs of bytes, lacks 255: "):
        ByteBPE({"!": 0}, [])


def test_a_merge_that_makes_no_token_is_refused():
    with pytest.raises(SettingError, match="a merge needs 'ab', which the vocabulary lacks"):
        ByteBPE(ALPHABET, [("a", "b")])


def test_a_token_that_is_no_row_of_bytes_is_refused():
    with pytest.raises(FormatError, match="'я' in a token is no sign of a byte"):
        ByteBPE({**ALPHABET, "я": 256}, []).text(["я"])


def test_a_folder_without_files_is_refused(tmp_path):
    with pytest.raises(FormatError, match="must hold vocab.json or encoder.json"):
        gpt2_tokenizer(tmp_path)


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(byte_bpe).failed == 0
