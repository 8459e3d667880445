"""WordPiece's vocabulary, against `tokenizers`."""

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from praktikum.text.errors import SettingError
from praktikum.text.normalisation import BertNormaliser
from praktikum.text.wordpiece_training import train_wordpiece

from .odd_texts import prose

TEXT = prose()[:60_000]
ALL = 30_000
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def their_tokens(min_frequency):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=ALL, min_frequency=min_frequency, special_tokens=SPECIALS, show_progress=False
    )
    tokenizer.train_from_iterator([TEXT], trainer)
    return set(tokenizer.get_vocab())


@pytest.mark.parametrize("min_frequency", [20, 100])
def test_frequent_pieces_are_those_of_tokenizers(min_frequency):
    """All that are frequent: to end at a size would be to choose among equals, there by chance."""
    ours = train_wordpiece([TEXT], ALL, min_frequency=min_frequency)
    assert set(ours.vocabulary) == their_tokens(min_frequency)


def test_texts_come_back_but_for_case():
    trained = train_wordpiece([TEXT], 800)
    assert trained.decode(trained.encode("The statement, is it executed.")) == (
        "the statement, is it executed."
    )
    assert trained.lookup_tokens(trained.encode("☃")) == ["[CLS]", "[UNK]", "[SEP]"]


def test_case_is_kept_if_asked_for():
    trained = train_wordpiece(["Aa Aa aa"], 20, normaliser=BertNormaliser(lowercase=False))
    assert {"A", "a", "##a", "Aa"} <= set(trained.vocabulary)


def test_a_vocabulary_without_room_for_all_characters_is_refused():
    with pytest.raises(SettingError, match="vocab_size=8 must have room for 10 special tokens"):
        train_wordpiece(["abc"], 8)
