"""WordPiece's vocabulary learnt from texts.

BERT's own training was never published. Its stand-in is that of `tokenizers`: the merges of
byte-pair encoding, with pieces that do not begin a word apart from those that do (``a``, ``##a``),
of which the vocabulary alone is kept. Among equally frequent pairs the one of older tokens comes
first; `tokenizers` leaves it to chance there.
"""

from __future__ import annotations

from collections.abc import Iterable

from .bpe_training import count_words, learn_bpe
from .normalisation import BertNormaliser, Normaliser
from .pretokenisation import BertWords
from .published_tokenizers import BERT_SPECIALS
from .tokenizer import Tokenizer
from .wordpiece import CONTINUED, WordPiece

__all__ = ["train_wordpiece"]


def train_wordpiece(
    texts: Iterable[str],
    vocab_size: int,
    *,
    min_frequency: int = 2,
    normaliser: Normaliser | None = None,
) -> Tokenizer:
    """Return a tokeniser like BERT's learnt from texts, with BERT's special tokens.

    Args:
        texts: to learn from.
        vocab_size: how many tokens there are at most.
        min_frequency: how often a pair must occur to be merged.
        normaliser: BERT's for lower case by default.

    Raises SettingError if `vocab_size` has no room for all characters, twice each.
    """
    normaliser = normaliser or BertNormaliser()
    learnt = learn_bpe(
        count_words(texts, BertWords(), normaliser),
        vocab_size,
        min_frequency=min_frequency,
        special_tokens=BERT_SPECIALS,
        continued=CONTINUED,
    )
    return Tokenizer(
        WordPiece(learnt.vocabulary),
        BertWords(),
        normaliser,
        special_tokens=BERT_SPECIALS,
        start="[CLS]",
        end="[SEP]",
    )
