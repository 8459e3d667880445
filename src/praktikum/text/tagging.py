"""A part-of-speech tagger: a bidirectional LSTM that tells the tag of every word.

Huang, Xu, Yu, 2015, "Bidirectional LSTM-CRF models for sequence tagging", the model without the
CRF: each tag is chosen by itself, from what stands before and after. Words that the vocabulary
does not hold share one vector, so a tagger of rich morphology would want characters too; they are
left out, as is the CRF.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from praktikum.sequence.layers import LSTM

from .collation import pad_sequences
from .conll import TaggedSentence
from .vocabulary import PAD, UNK, Vocabulary

__all__ = [
    "NO_TAG",
    "BiLSTMTagger",
    "CollateTagged",
    "TaggedBatch",
    "tag_sentences",
    "tagging_accuracy",
    "tagging_loss",
    "tagging_vocabularies",
]

NO_TAG = -100  # what torch's cross-entropy passes over


class TaggedBatch(NamedTuple):
    """Sentences as columns, and the tag of each word; `NO_TAG` at the padding."""

    tokens: Int[Tensor, "time batch"]
    lengths: Int[Tensor, " batch"]
    tags: Int[Tensor, "time batch"]


def tagging_vocabularies(
    sentences: Sequence[TaggedSentence], min_freq: int = 1
) -> tuple[Vocabulary, Vocabulary]:
    """Return the words in lower case, with `<pad>` and `<unk>`, and the tags, without any."""
    words = ([word.lower() for word in sentence.words] for sentence in sentences)
    tags = (sentence.tags for sentence in sentences)
    return (
        Vocabulary.build(words, specials=[PAD, UNK], min_freq=min_freq),
        Vocabulary.build(tags, specials=[], unk=None),
    )


@dataclass(frozen=True)
class CollateTagged:
    """Makes a batch of tagged sentences, for `DataLoader(collate_fn=…)`."""

    words: Vocabulary
    tags: Vocabulary

    def __call__(self, sentences: Sequence[TaggedSentence]) -> TaggedBatch:
        """Return the batch. Raises UnknownToken for a tag that is not in the vocabulary."""
        numbers = [self.words.lookup_indices(w.lower() for w in s.words) for s in sentences]
        tokens, lengths = pad_sequences(numbers, self.words[PAD])
        tags, _ = pad_sequences([self.tags.lookup_indices(s.tags) for s in sentences], NO_TAG)
        return TaggedBatch(tokens, lengths, tags)


class BiLSTMTagger(nn.Module):
    """Embedding, bidirectional LSTM, and a linear layer at each step.

    Args:
        n_words: size of the vocabulary; number 0 is padding.
        n_tags: how many tags there are.
        embedding_dim: features of a word.
        hidden_size: features of the state in each direction.
        num_layers: of the LSTM.
        dropout: probability of dropping a feature before and after the LSTM.
    """

    def __init__(
        self,
        n_words: int,
        n_tags: int,
        embedding_dim: int = 100,
        hidden_size: int = 100,
        num_layers: int = 1,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(n_words, embedding_dim, padding_idx=0)
        self.recurrent = LSTM(embedding_dim, hidden_size, num_layers, bidirectional=True)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * hidden_size, n_tags)

    def forward(
        self, tokens: Int[Tensor, "time batch"], lengths: Int[Tensor, " batch"]
    ) -> Float[Tensor, "time batch tags"]:
        """Return the logits of every word's tag; those of padding mean nothing."""
        vectors = self.dropout(self.embedding(tokens))
        output, _ = self.recurrent(vectors, lengths=lengths)  # (time, batch, 2 * hidden)
        logits: Tensor = self.head(self.dropout(output))
        return logits


def tagging_loss(
    logits: Float[Tensor, "time batch tags"], tags: Int[Tensor, "time batch"]
) -> Float[Tensor, ""]:
    """Return the mean cross-entropy over all words of the batch."""
    return functional.cross_entropy(logits.flatten(0, 1), tags.flatten(), ignore_index=NO_TAG)


def tagging_accuracy(
    logits: Float[Tensor, "time batch tags"], tags: Int[Tensor, "time batch"]
) -> Float[Tensor, ""]:
    """Return the share of words whose tag is right."""
    words = tags != NO_TAG
    return (logits.argmax(dim=2) == tags)[words].float().mean()


@torch.no_grad()
def tag_sentences(
    model: BiLSTMTagger, sentences: Iterable[Sequence[str]], words: Vocabulary, tags: Vocabulary
) -> list[TaggedSentence]:
    """Return sentences with the tags that the model, set to evaluation, finds best."""
    model.eval()
    device = next(model.parameters()).device
    tagged = []
    for sentence in sentences:
        if not sentence:
            tagged.append(TaggedSentence((), ()))
            continue
        tokens = torch.tensor(words.lookup_indices(w.lower() for w in sentence), device=device)
        logits = model(tokens[:, None], torch.tensor([len(sentence)]))
        found = tags.lookup_tokens(logits[:, 0].argmax(dim=1))
        tagged.append(TaggedSentence(tuple(sentence), tuple(found)))
    return tagged
