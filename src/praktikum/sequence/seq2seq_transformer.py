"""A Transformer from tokens to tokens: embeddings, positions, stacks, logits.

Vaswani et al., 2017, "Attention is all you need", section 3.4: embeddings are multiplied by
√d_model, and one table serves the source, the target and the output layer (Press, Wolf, 2017,
"Using the output embedding to improve language models"). So the table is drawn with deviation
1/√d_model: embeddings are then as large as positions, and logits begin small.
"""

import math
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from .absolute_positions import SinusoidalPositions
from .attention_masks import padding_mask
from .masks import check_probability, dropout_mask
from .transformer import Transformer
from .transformer_layers import DecoderCache

__all__ = ["Seq2SeqTransformer"]


class Seq2SeqTransformer(nn.Module):
    """The encoder–decoder Transformer with its embeddings.

    n_source:  tokens of the source's vocabulary
    n_target:  tokens of the target's; None is that both have one vocabulary and one table
    d_model:   size of an embedding
    tied:      whether logits are products with the target's embeddings; else a linear layer
    positions: what adds positions, called with (embeddings, offset); None is sinusoids
    dropout:   that of the layers, and of embeddings with positions
    generator: where dropouts are drawn from; None is torch's own
    settings:  the others of `Transformer`: n_heads, n_encoder_layers, n_decoder_layers,
               d_feedforward, norm_first, final_norm
    """

    def __init__(
        self,
        n_source: int,
        n_target: int | None = None,
        d_model: int = 512,
        *,
        tied: bool = True,
        positions: nn.Module | None = None,
        dropout: float = 0.1,
        generator: torch.Generator | None = None,
        **settings: Any,
    ) -> None:
        super().__init__()
        self.d_model = d_model
        self.dropout = check_probability("dropout", dropout)
        self.generator = generator
        self.source_embedding = self._new_table(n_source)
        self.target_embedding = (
            self.source_embedding if n_target is None else self._new_table(n_target)
        )
        self.positions = SinusoidalPositions(d_model) if positions is None else positions
        self.transformer = Transformer(d_model, dropout=dropout, generator=generator, **settings)
        self.output = nn.Linear(d_model, self.target_embedding.num_embeddings, bias=False)
        if tied:
            self.output.weight = self.target_embedding.weight

    def forward(
        self,
        source: Int[Tensor, "batch source_len"],
        target: Int[Tensor, "batch target_len"],
        source_lengths: Int[Tensor, " batch"] | None = None,
    ) -> Float[Tensor, "batch target_len n_target"]:
        """Return logits of the token after each of the target's, which begins with a start mark.

        source_lengths: tokens of each source, the rest is padding; None is that there is none.
                        Padding of the target needs no mask: it comes after what it could spoil.
        """
        memory, memory_mask = self.encode(source, source_lengths)
        return self.decode(target, memory, memory_mask)[0]

    def encode(
        self,
        source: Int[Tensor, "batch source_len"],
        source_lengths: Int[Tensor, " batch"] | None = None,
    ) -> tuple[Float[Tensor, "batch source_len d_model"], Tensor | None]:
        """Return the encoder's memory, and the mask with which the decoder looks at it."""
        time = source.shape[1]
        mask = None if source_lengths is None else padding_mask(source_lengths, time)
        memory, _ = self.transformer.encoder(self._embed(self.source_embedding, source, 0), mask)
        return memory, mask

    def decode(
        self,
        target: Int[Tensor, "batch target_len"],
        memory: Float[Tensor, "batch source_len d_model"],
        memory_mask: Tensor | None = None,
        *,
        caches: list[DecoderCache] | None = None,
        need_weights: bool = False,
    ) -> tuple[
        Float[Tensor, "batch target_len n_target"],
        list[Float[Tensor, "batch n_heads target_len source_len"] | None],
    ]:
        """Return logits of the next tokens, and the maps of memory of each layer (or None each).

        caches: `empty_caches()` at the first call of a generation, the same list in the next
                ones; `target` holds only the tokens that are new then
        """
        offset = 0 if not caches else len(caches[0].self_attn)
        embedded = self._embed(self.target_embedding, target, offset)
        hidden, maps = self.transformer.decoder(
            embedded, memory, None, memory_mask, caches=caches, need_weights=need_weights
        )
        return self.output(hidden), maps

    def empty_caches(self) -> list[DecoderCache]:
        """Return a cache for each decoder layer."""
        return self.transformer.decoder.empty_caches()

    def _embed(self, table: nn.Embedding, tokens: Tensor, offset: int) -> Tensor:
        embedded: Tensor = self.positions(table(tokens) * math.sqrt(self.d_model), offset)
        if not self.training or not self.dropout:
            return embedded
        return embedded * dropout_mask(embedded, self.dropout, self.generator)

    def _new_table(self, n_tokens: int) -> nn.Embedding:
        table = nn.Embedding(n_tokens, self.d_model)
        nn.init.normal_(table.weight, std=1 / math.sqrt(self.d_model))
        return table
