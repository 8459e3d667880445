"""Vocabulary: numbers of tokens, there and back."""

import doctest
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktikum.text import vocabulary
from praktikum.text.errors import FormatError, SettingError, UnknownToken
from praktikum.text.vocabulary import EOS, SPECIALS, UNK, Vocabulary

TEXTS = [["b", "a", "b"], ["c", "a", "b", "d"]]


def test_special_tokens_come_first_then_the_frequent_then_the_alphabet():
    assert Vocabulary.build(TEXTS).tokens == (*SPECIALS, "b", "a", "c", "d")


def test_rare_tokens_stay_out():
    assert Vocabulary.build(TEXTS, min_freq=2).tokens == (*SPECIALS, "b", "a")


def test_the_size_counts_special_tokens_too():
    assert Vocabulary.build(TEXTS, max_size=5).tokens == (*SPECIALS, "b")


def test_a_special_token_in_a_text_is_not_taken_twice():
    assert Vocabulary.build([[EOS, "a", EOS]]).tokens == (*SPECIALS, "a")


def test_unknown_tokens_become_unk():
    words = Vocabulary.build(TEXTS)
    assert words.lookup_indices(["a", "zebra"]) == [5, words[UNK]]


def test_without_unk_an_unknown_token_is_refused():
    words = Vocabulary(["a"], unk=None)
    with pytest.raises(UnknownToken, match="'zebra' is not among the 1 tokens"):
        words.lookup_indices(["zebra"])


@pytest.mark.parametrize("index", [-1, 2])
def test_a_number_out_of_range_is_refused(index):
    with pytest.raises(UnknownToken, match=f"0 to 1, got {index}"):
        Vocabulary([UNK, "a"]).lookup_tokens([index])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(lambda: Vocabulary([UNK, "a", "a"]), "came twice: a", id="twice"),
        pytest.param(lambda: Vocabulary(["a"]), "unk='<unk>' must be among", id="no unk"),
        pytest.param(lambda: Vocabulary.build([], min_freq=0), "at least 1, got 0", id="min_freq"),
        pytest.param(lambda: Vocabulary.build([], max_size=3), "the 4 special", id="max_size"),
    ],
)
def test_impossible_settings_are_refused(make, said):
    with pytest.raises(SettingError, match=said):
        make()


@given(st.lists(st.lists(st.text(max_size=3), max_size=6), max_size=6))
def test_known_tokens_come_back_as_they_were(texts):
    words = Vocabulary.build(texts)
    for text in texts:
        assert words.lookup_tokens(words.lookup_indices(text)) == text


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=6), st.integers(1, 3))
def test_the_tokens_are_those_that_a_counter_finds(texts, min_freq):
    counts = Counter(token for text in texts for token in text)
    words = Vocabulary.build(texts, specials=[UNK], min_freq=min_freq)
    assert set(words) == {UNK} | {t for t, count in counts.items() if count >= min_freq}


@pytest.mark.parametrize("unk", [None, "<unk>"])
def test_a_saved_vocabulary_is_loaded_again(unk, tmp_path):
    words = Vocabulary.build([["ё", '"', "\n"]], unk=unk)
    words.save(tmp_path / "new" / "words.json")
    loaded = Vocabulary.load(tmp_path / "new" / "words.json")
    assert (loaded.tokens, loaded.unk) == (words.tokens, unk)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["words.json"]


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "words.json"
    Vocabulary([UNK]).save(path)

    def torn(content, file, **_):
        file.write("{")
        raise OSError("the disk is full")

    monkeypatch.setattr(json, "dump", torn)
    with pytest.raises(OSError, match="full"):
        Vocabulary([UNK, "a"]).save(path)
    assert list(Vocabulary.load(path)) == [UNK]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", ["", "[]", '{"unk": "a"}', '{"unk": null, "tokens": [1]}'])
def test_another_file_is_refused(content, tmp_path):
    path = tmp_path / "words.json"
    path.write_text(content)
    with pytest.raises(FormatError, match="is not a saved vocabulary"):
        Vocabulary.load(path)


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(vocabulary).failed == 0
