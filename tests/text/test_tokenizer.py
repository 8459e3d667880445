"""A tokeniser whole: frames, pairs, lengths and its file, against `tokenizers`."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as TheirTokenizer
from tokenizers import models, normalizers, pre_tokenizers

from praktikum.text.bpe_training import train_byte_bpe
from praktikum.text.errors import FormatError, SettingError, UnknownToken
from praktikum.text.normalisation import UnicodeNormaliser
from praktikum.text.pretokenisation import Metaspace
from praktikum.text.published_tokenizers import gpt2_tokenizer
from praktikum.text.tokenizer import Tokenizer
from praktikum.text.tokenizer_file import read_tokenizer, write_tokenizer
from praktikum.text.unigram import Unigram
from praktikum.text.wordpiece import WordPiece
from praktikum.text.wordpiece_training import train_wordpiece

from .odd_texts import ODD, prose, texts

TEXTS = [prose()[:20_000], *ODD]
PIECES = [("<unk>", 0.0), ("▁", -3.0), ("a", -3.0), ("▁a", -2.5), ("b", -4.0), ("ab", -5.0)]


def unigram_tokenizer():
    return Tokenizer(Unigram(PIECES), Metaspace(), UnicodeNormaliser("NFKC"))


@pytest.fixture(scope="module", params=["byte-level", "WordPiece", "Unigram", "GPT-2"])
def ours(request):
    makers = {
        "byte-level": lambda: train_byte_bpe(TEXTS, 500, special_tokens=["<|endoftext|>", "<s>"]),
        "WordPiece": lambda: train_wordpiece(TEXTS, 600),
        "Unigram": unigram_tokenizer,
        "GPT-2": gpt2_tokenizer,
    }
    return makers[request.param]()


@pytest.fixture(scope="module")
def file(ours, tmp_path_factory):
    path = tmp_path_factory.mktemp("tokenizer") / "new" / "tokenizer.json"
    write_tokenizer(ours, path)
    return path


@pytest.fixture(scope="module")
def theirs(file):
    return TheirTokenizer.from_file(str(file))


@given(text=texts)
def test_a_written_file_gives_tokenizers_the_same_ids(ours, theirs, text):
    encoded = ours.encode(text)
    assert encoded == theirs.encode(text).ids
    assert ours.decode(encoded) == theirs.decode(encoded)


@given(first=texts, second=texts, room=st.integers(0, 9))
def test_pairs_have_the_ids_and_segments_of_tokenizers(ours, theirs, first, second, room):
    encoding = theirs.encode(first, second)
    ids, segments = ours.encode_pair(first, second)
    assert ids == encoding.ids
    if ours.end is not None:
        assert segments == encoding.type_ids
    short, short_segments = ours.encode_pair(first, second, max_length=room + 3)
    assert len(short) == len(short_segments) == min(len(ids), room + 3)


def test_what_was_written_is_read_again(ours, file):
    again = read_tokenizer(file)
    assert (again.model.__dict__, again.pre_tokeniser) == (ours.model.__dict__, ours.pre_tokeniser)
    assert (again.normaliser, set(again.special_tokens), again.start, again.end) == (
        *(ours.normaliser, set(ours.special_tokens), ours.start, ours.end),
    )
    assert again.encode_batch(ODD) == ours.encode_batch(ODD)


def test_a_file_that_tokenizers_wrote_is_read(ours, theirs, tmp_path):
    theirs.save(str(tmp_path / "tokenizer.json"))
    read = read_tokenizer(tmp_path / "tokenizer.json")
    assert read.encode_batch(ODD) == [encoding.ids for encoding in theirs.encode_batch(ODD)]


def framed():
    tokens = ["[UNK]", "[CLS]", "[SEP]", "a", "b"]
    model = WordPiece({token: number for number, token in enumerate(tokens)})
    return Tokenizer(model, str.split, special_tokens=tokens[:3], start="[CLS]", end="[SEP]")


def test_a_text_is_cut_to_its_length_and_keeps_its_frame():
    assert framed().encode("a b a b", max_length=4) == [1, 3, 4, 2]
    assert framed().encode("a b a b", max_length=3, special_tokens=False) == [3, 4, 3]


def test_of_a_pair_the_longer_text_is_cut_first():
    ids, segments = framed().encode_pair("a a a a", "b b", max_length=7)
    assert (ids, segments) == ([1, 3, 3, 2, 4, 4, 2], [0, 0, 0, 0, 1, 1, 1])


def test_special_tokens_in_a_text_are_not_cut():
    assert framed().encode("a[SEP]b", special_tokens=False) == [3, 2, 4]
    assert framed().decode([1, 3, 2, 4, 2]) == "a b"


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: framed().decode([5]), UnknownToken, "below 5, got 5"),
        (lambda: framed().encode("a", max_length=1), SettingError, "room for 2 special tokens"),
        (
            lambda: Tokenizer(Unigram(PIECES), str.split, special_tokens=["[X]"]),
            SettingError,
            r"must be in the vocabulary: \[X\]",
        ),
        (
            lambda: Tokenizer(Unigram(PIECES), str.split, start="a"),
            SettingError,
            "'a' frames texts, so it must be a special token",
        ),
    ],
)
def test_impossible_calls_are_refused(call, error, said):
    with pytest.raises(error, match=said):
        call()


def test_a_function_of_ones_own_has_no_place_in_a_file(tmp_path):
    with pytest.raises(FormatError, match="no name for the pre-tokeniser"):
        write_tokenizer(framed(), tmp_path / "tokenizer.json")
    assert not list(tmp_path.iterdir())


def another_file(tmp_path, change):
    theirs = TheirTokenizer(models.WordPiece({"[UNK]": 0, "a": 1}, unk_token="[UNK]"))
    theirs.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    change(theirs)
    theirs.save(str(tmp_path / "tokenizer.json"))
    return tmp_path / "tokenizer.json"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: setattr(t, "normalizer", normalizers.Lowercase()), "normalizer must be one of"),
        (
            lambda t: setattr(t, "pre_tokenizer", pre_tokenizers.Digits()),
            "pre_tokenizer must be one of ByteLevel, BertPreTokenizer, Metaspace, got Digits",
        ),
        (lambda t: setattr(t, "model", models.WordLevel({}, "")), "model must be one of"),
        (lambda t: t.add_tokens(["b"]), "'b' is normalized"),
        (
            lambda t: setattr(t.model, "continuing_subword_prefix", "@@"),
            "continuing_subword_prefix must be '##' to be read here, got '@@'",
        ),
    ],
)
def test_a_part_that_is_not_here_is_named(tmp_path, change, said):
    with pytest.raises(FormatError, match=said):
        read_tokenizer(another_file(tmp_path, change))


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"added_tokens": [1]})])
def test_another_file_is_refused(tmp_path, content):
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(FormatError, match=r"is no tokenizer\.json"):
        read_tokenizer(tmp_path / "tokenizer.json")
