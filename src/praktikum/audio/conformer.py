"""The Conformer: a Transformer's encoder with convolutions, for sound.

Gulati et al., 2020, "Conformer: convolution-augmented Transformer for speech recognition": each
block is half a feed-forward module, self-attention, the convolution module, the other half of the
feed-forward (a macaron), each with a normalisation before it and a residual way around it, and a
normalisation at the end. Attention knows distances as Transformer-XL's does, or by rotary
positions. Left out of the paper: its subsampling, which belongs to a recogniser's front.

A batch is [batch, time, d_model] with padding after the sequences, which changes nothing.
"""

from dataclasses import dataclass
from typing import Literal

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from praktikum.sequence import (
    MultiHeadAttention,
    RelativeMultiHeadAttention,
    RotaryPositions,
    combine_masks,
    mask_of_lengths,
)
from praktikum.sequence.masks import check_probability

from .conformer_convolution import ConvolutionModule, NormName, StepCache
from .conformer_reach import EVERYWHERE, Reach
from .errors import SettingError
from .sliding_cache import SlidingCache

__all__ = ["BlockCache", "Conformer", "ConformerBlock", "FeedForward", "Positions"]

Positions = Literal["relative", "rotary"]


@dataclass(frozen=True)
class BlockCache:
    """What one block keeps of a stream."""

    attention: SlidingCache
    convolution: StepCache


class FeedForward(nn.Sequential):
    """Normalisation, a linear layer to `d_feedforward`, Swish, a linear layer back."""

    def __init__(self, d_model: int, d_feedforward: int, dropout: float) -> None:
        super().__init__(
            nn.LayerNorm(d_model),
            nn.Linear(d_model, d_feedforward),
            nn.SiLU(),
            nn.Dropout(dropout),
            nn.Linear(d_feedforward, d_model),
        )


class ConformerBlock(nn.Module):
    """Half a feed-forward, attention, convolution, half a feed-forward.

    d_model:       features of what goes through
    n_heads:       heads of attention
    d_feedforward: features of the hidden layers of both feed-forwards; None is 4 · d_model
    kernel_size:   steps of the depthwise convolution
    dropout:       probability of dropping a weight of attention, a hidden feature and a feature
                   that a module adds
    positions:     ``relative``, Transformer-XL's, or ``rotary``
    causal:        whether the convolution looks at nothing later
    norm:          of the convolution module, ``batch`` or ``layer``

    Raises SettingError: sizes that do not fit each other, or a dropout that is no probability.
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_feedforward: int | None = None,
        kernel_size: int = 31,
        dropout: float = 0.1,
        positions: Positions = "relative",
        causal: bool = False,
        norm: NormName = "batch",
    ) -> None:
        super().__init__()
        check_probability("dropout", dropout)
        d_feedforward = 4 * d_model if d_feedforward is None else d_feedforward
        self.feed_forward1 = FeedForward(d_model, d_feedforward, dropout)
        self.attention_norm = nn.LayerNorm(d_model)
        self.attention = _attention(d_model, n_heads, dropout, positions)
        self.convolution_norm = nn.LayerNorm(d_model)
        self.convolution = ConvolutionModule(d_model, kernel_size, causal, norm)
        self.feed_forward2 = FeedForward(d_model, d_feedforward, dropout)
        self.norm = nn.LayerNorm(d_model)
        self.dropout = dropout

    def forward(
        self,
        x: Float[Tensor, "batch time d_model"],
        mask: Tensor | None = None,
        valid: Bool[Tensor, "batch time"] | None = None,
        cache: BlockCache | None = None,
    ) -> Float[Tensor, "batch time d_model"]:
        """Return what comes out of the block.

        To x are added, one after the other: half of `feed_forward1`, `attention` of the normalised
        steps to themselves, `convolution` of the normalised steps, half of `feed_forward2`; each
        looks at the sum so far, and what it adds goes through `_drop`. `norm` ends it. The
        feed-forwards begin with normalisations of their own.

        mask:  of attention: True attends, broadcast to [batch, heads, time, keys]
        valid: False at padding, for the convolution; None where there is none
        cache: what there was before, in a stream
        """
        steps, past = (None, None) if cache is None else (cache.attention, cache.convolution)
        x = x + self._drop(self.feed_forward1(x)) / 2
        x = x + self._drop(self.attention(self.attention_norm(x), mask=mask, cache=steps)[0])
        x = x + self._drop(self.convolution(self.convolution_norm(x), valid, past))
        x = x + self._drop(self.feed_forward2(x)) / 2
        output: Tensor = self.norm(x)
        return output

    def _drop(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, self.training)


class Conformer(nn.Module):
    """A stack of Conformer's blocks.

    d_model:  features of the input and the output
    n_heads:  heads of attention
    n_blocks: blocks
    reach:    which steps attention sees; with ``after=0`` the convolutions are causal too
    settings: the others of `ConformerBlock`, but for ``causal``

    To run along a stream see `conformer_stream.ConformerStream`.
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        n_blocks: int,
        *,
        d_feedforward: int | None = None,
        kernel_size: int = 31,
        dropout: float = 0.1,
        positions: Positions = "relative",
        norm: NormName = "batch",
        reach: Reach = EVERYWHERE,
    ) -> None:
        super().__init__()
        if n_blocks < 1:
            raise SettingError(f"n_blocks must be 1 or more, got {n_blocks}")
        self.reach, self.kernel_size = reach, kernel_size
        self.blocks = nn.ModuleList(
            ConformerBlock(
                d_model,
                n_heads,
                d_feedforward,
                kernel_size,
                dropout,
                positions,
                reach.causal,
                norm,
            )
            for _ in range(n_blocks)
        )

    def forward(
        self,
        x: Float[Tensor, "batch time d_model"],
        lengths: Int[Tensor, " batch"] | None = None,
    ) -> Float[Tensor, "batch time d_model"]:
        """Return what the blocks make of the sequences; steps of padding are zeros.

        Attention sees no padding, and of the rest what `reach.mask(queries, keys)` lets it see;
        convolutions are told which steps are valid. So a sequence comes out as it would alone.

        lengths: steps of each sequence; None: all are as long as the tensor
        """
        time = range(x.shape[1])
        mask: Tensor | None = self.reach.mask(time, time, x.device)
        valid = None
        if lengths is not None:
            valid = mask_of_lengths(lengths, len(time)).T  # (batch, time)
            mask = combine_masks(mask, valid[:, None, None, :])
        for block in self.blocks:
            x = block(x, mask, valid)
        return x if valid is None else x * valid[:, :, None]


def _attention(
    d_model: int, n_heads: int, dropout: float, positions: Positions
) -> MultiHeadAttention:
    if positions == "relative":
        return RelativeMultiHeadAttention(d_model, n_heads, dropout=dropout)
    if positions != "rotary":
        raise SettingError(f"positions must be 'relative' or 'rotary', got {positions!r}")
    attention = MultiHeadAttention(d_model, n_heads, dropout=dropout)
    attention.rotary = RotaryPositions(attention.d_head)
    return attention
