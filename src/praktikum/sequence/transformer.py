"""The Transformer: a stack of encoder layers, a stack of decoder layers.

Vaswani et al., 2017, "Attention is all you need". Weights of `torch.nn.Transformer` load as they
are. It has a normalisation after each stack; the paper, post-norm, has none, for each layer ends
with one: `final_norm` chooses. Embeddings and the output layer are in `Seq2SeqTransformer`.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from jaxtyping import Float
from torch import Tensor, nn

from .errors import ShapeError
from .key_value_cache import KeyValueCache
from .transformer_layers import DecoderCache, DecoderLayer, EncoderLayer

__all__ = ["Decoder", "Encoder", "Transformer"]

Cache = TypeVar("Cache", KeyValueCache, DecoderCache)


class _Stack(nn.Module):
    """Layers one after another, and what follows them."""

    kind: type[nn.Module]

    def __init__(
        self,
        n_layers: int,
        d_model: int,
        n_heads: int,
        final_norm: bool | None = None,
        **settings: Any,
    ) -> None:
        super().__init__()
        layers = [self.kind(d_model, n_heads, **settings) for _ in range(n_layers)]
        self.layers = nn.ModuleList(layers)
        is_normed = settings.get("norm_first", False) if final_norm is None else final_norm
        eps = settings.get("eps", 1e-5)
        self.norm = nn.LayerNorm(d_model, eps) if is_normed else nn.Identity()

    def kept(self, caches: Sequence[Cache] | None) -> Sequence[Cache | None]:
        """Return a cache or None for each layer. Raises ShapeError: not as many as layers."""
        if caches is None:
            return [None] * len(self.layers)
        if len(caches) != len(self.layers):
            raise ShapeError(
                f"{len(self.layers)} layers need a cache each, got {len(caches)}; "
                "empty_caches() makes them"
            )
        return caches


class Encoder(_Stack):
    """A stack of `EncoderLayer`.

    n_layers:   how many
    d_model:    size of what goes through
    n_heads:    heads of attention
    final_norm: whether a normalisation follows; None is when the layers are pre-norm
    settings:   the others of a layer, see `ResidualLayer`
    """

    kind = EncoderLayer

    def empty_caches(self) -> list[KeyValueCache]:
        """Return a cache for each layer, for a generation to begin with."""
        return [KeyValueCache() for _ in self.layers]

    def forward(
        self,
        x: Float[Tensor, "batch time d_model"],
        mask: Tensor | None = None,
        *,
        causal: bool = False,
        caches: Sequence[KeyValueCache] | None = None,
        need_weights: bool = False,
    ) -> tuple[
        Float[Tensor, "batch time d_model"],
        list[Float[Tensor, "batch n_heads time all_time"] | None],
    ]:
        """Return what comes out, and a layer's maps of its heads each (None if not needed).

        Arguments are those of `EncoderLayer`, `caches` one for each layer.

        Raises ShapeError: fewer or more caches than layers.
        """
        maps = []
        for layer, cache in zip(self.layers, self.kept(caches), strict=True):
            x, found = layer(x, mask, causal=causal, cache=cache, need_weights=need_weights)
            maps.append(found)
        return self.norm(x), maps


class Decoder(_Stack):
    """A stack of `DecoderLayer`; settings as of `Encoder`."""

    kind = DecoderLayer

    def empty_caches(self) -> list[DecoderCache]:
        """Return a cache for each layer, for a generation to begin with."""
        return [DecoderCache(KeyValueCache(), KeyValueCache()) for _ in self.layers]

    def forward(
        self,
        x: Float[Tensor, "batch time d_model"],
        memory: Float[Tensor, "batch memory_len d_model"],
        mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        *,
        caches: list[DecoderCache] | None = None,
        need_weights: bool = False,
    ) -> tuple[
        Float[Tensor, "batch time d_model"],
        list[Float[Tensor, "batch n_heads time memory_len"] | None],
    ]:
        """Return what comes out, and a layer's maps of memory each (None if not needed).

        Arguments are those of `DecoderLayer`, `caches` one for each layer.

        Raises ShapeError: fewer or more caches than layers.
        """
        maps = []
        for layer, cache in zip(self.layers, self.kept(caches), strict=True):
            x, found = layer(x, memory, mask, memory_mask, cache=cache, need_weights=need_weights)
            maps.append(found)
        return self.norm(x), maps


class Transformer(nn.Module):
    """An encoder and a decoder that looks at what the encoder gave.

    d_model:          size of what goes through
    n_heads:          heads of attention
    n_encoder_layers: how many
    n_decoder_layers: how many
    settings:         final_norm, d_feedforward, dropout, norm_first, generator

    With `final_norm=True` it is `torch.nn.Transformer(batch_first=True)` with a causal target.
    """

    def __init__(
        self,
        d_model: int = 512,
        n_heads: int = 8,
        n_encoder_layers: int = 6,
        n_decoder_layers: int = 6,
        **settings: Any,
    ) -> None:
        super().__init__()
        self.encoder = Encoder(n_encoder_layers, d_model, n_heads, **settings)
        self.decoder = Decoder(n_decoder_layers, d_model, n_heads, **settings)

    def forward(
        self,
        source: Float[Tensor, "batch source_len d_model"],
        target: Float[Tensor, "batch target_len d_model"],
        source_mask: Tensor | None = None,
        target_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
    ) -> Float[Tensor, "batch target_len d_model"]:
        """Return what the decoder makes of the target; step t sees the steps up to t.

        Masks are boolean (True attends) or additive, broadcast to [batch, heads, q_len, k_len];
        padding of the source is to be in `memory_mask` too.
        """
        memory, _ = self.encoder(source, source_mask)
        output: Tensor = self.decoder(target, memory, target_mask, memory_mask)[0]
        return output
