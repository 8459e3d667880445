"""Texts made alike, against `tokenizers`."""

import doctest
import sys
import unicodedata

import pytest
from hypothesis import given
from tokenizers import normalizers

from praktikum.text import character_classes, normalisation
from praktikum.text.normalisation import BertNormaliser, UnicodeNormaliser

from .odd_texts import ODD, texts

EVERY = [chr(c) for c in range(sys.maxunicode + 1) if not 0xD800 <= c <= 0xDFFF]
SETTINGS = [
    pytest.param({}, id="uncased"),
    pytest.param({"lowercase": False}, id="cased"),
    pytest.param({"lowercase": False, "strip_accents": True}, id="no accents"),
    pytest.param({"strip_accents": False}, id="accents"),
    pytest.param({"clean_text": False, "handle_chinese_chars": False}, id="nothing cleaned"),
]


@pytest.mark.parametrize("settings", SETTINGS)
@given(texts)
def test_a_text_is_made_alike_as_bert_does(settings, text):
    theirs = normalizers.BertNormalizer(**settings)
    assert BertNormaliser(**settings)(text) == theirs.normalize_str(text)


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("text", ODD, ids=repr)
def test_texts_with_all_sorts_of_signs_are_made_alike_so(settings, text):
    theirs = normalizers.BertNormalizer(**settings)
    assert BertNormaliser(**settings)(text) == theirs.normalize_str(text)


def test_every_character_is_kept_or_taken_out_as_in_tokenizers():
    given_to = {"lowercase": False, "handle_chinese_chars": True, "strip_accents": True}
    assigned = [c for c in EVERY if unicodedata.category(c) != "Cn"]  # NFD is as old as Python
    text = "b".join(assigned).replace("\U00011938", "")  # made of two only since Unicode 13
    assert BertNormaliser(**given_to)(text) == normalizers.BertNormalizer(**given_to).normalize_str(
        text
    )


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@given(texts)
def test_normal_forms_are_those_of_tokenizers(form, text):
    assert UnicodeNormaliser(form)(text) == getattr(normalizers, form)().normalize_str(text)


@pytest.mark.parametrize("module", [normalisation, character_classes])
def test_the_examples_of_the_modules_hold(module):
    assert doctest.testmod(module).failed == 0
