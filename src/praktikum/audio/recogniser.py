"""A recogniser of speech for CTC: from log-mel features to probabilities of characters.

A front of two convolutions leaves every fourth frame (40 ms). Then, either, convolutions and one
bidirectional LSTM, which learn from little speech in minutes; or a Conformer, which needs more of
both. Left out: what is done to sound before (`speech_features`) and to probabilities after
(`ctc_decoding`, `ctc_beam`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from praktikum.sequence import FastLSTM, mask_of_lengths

from .conformer import Conformer, FeedForward
from .conformer_convolution import ConvolutionModule
from .errors import SettingError

__all__ = ["ConvolutionalFront", "Recogniser", "RecogniserSettings", "RecurrentEncoder"]

EncoderName = Literal["recurrent", "conformer"]


@dataclass(frozen=True)
class RecogniserSettings:
    """The size of a recogniser.

    Attributes:
        encoder: ``recurrent`` (convolutions, then a LSTM in both directions) or ``conformer``.
        n_mels: mel bins of the input.
        d_model: features of a frame inside.
        n_blocks: blocks of convolutions, or of the Conformer.
        kernel_size: frames of 40 ms that a convolution in a block looks at.
        n_heads: of the Conformer's attention.
        dropout: probability of dropping a feature.
    """

    encoder: EncoderName = "recurrent"
    n_mels: int = 64
    d_model: int = 128
    n_blocks: int = 4
    kernel_size: int = 15
    n_heads: int = 4
    dropout: float = 0.15

    def __post_init__(self) -> None:
        for name in ("n_mels", "d_model", "n_blocks", "kernel_size", "n_heads"):
            if getattr(self, name) < 1:
                raise SettingError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.encoder not in ("recurrent", "conformer"):
            raise SettingError(f"encoder must be 'recurrent' or 'conformer', got {self.encoder!r}")
        if not 0 <= self.dropout < 1:
            raise SettingError(f"dropout must be in [0, 1), got {self.dropout}")


class Recogniser(nn.Module):
    """Features to log-probabilities of symbols; symbol 0 is the blank.

    settings: the size
    symbols:  how many there are, with the blank

    Features are brought to mean 0 and deviation 1 in each mel bin by the buffers ``mean`` and
    ``deviation``, which `standardise` sets once. Padding changes nothing.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, settings: RecogniserSettings, symbols: int) -> None:
        super().__init__()
        self.settings = settings
        d_model, dropout = settings.d_model, settings.dropout
        self.register_buffer("mean", torch.zeros(settings.n_mels))
        self.register_buffer("deviation", torch.ones(settings.n_mels))
        self.front = ConvolutionalFront(settings.n_mels, d_model, dropout)
        self.encoder: nn.Module
        if settings.encoder == "recurrent":
            self.encoder = RecurrentEncoder(
                d_model, settings.n_blocks, settings.kernel_size, dropout
            )
        else:
            self.encoder = Conformer(
                d_model,
                settings.n_heads,
                settings.n_blocks,
                kernel_size=settings.kernel_size,
                dropout=dropout,
            )
        width = 2 * d_model if settings.encoder == "recurrent" else d_model
        self.predict = nn.Sequential(nn.Dropout(dropout), nn.Linear(width, symbols))

    def standardise(self, features: Float[Tensor, "frames mels"]) -> None:
        """Take mean and deviation of each mel bin from frames of training speech."""
        self.mean.copy_(features.mean(dim=0))
        self.deviation.copy_(features.std(dim=0).clamp_min(1e-3))

    def forward(
        self, features: Float[Tensor, "batch time mels"], lengths: Int[Tensor, " batch"]
    ) -> tuple[Float[Tensor, "batch frames symbols"], Int[Tensor, " batch"]]:
        """Return log-probabilities for every fourth frame, and how many frames each has now."""
        standard = (features - self.mean) / self.deviation
        hidden, lengths = self.front(standard, lengths)
        hidden = self.encoder(hidden, lengths)
        logits: Tensor = self.predict(hidden)
        return logits.log_softmax(dim=-1), lengths


class ConvolutionalFront(nn.Module):
    """Two convolutions of 5 frames that leave every second one each, and a normalisation."""

    def __init__(self, n_mels: int, d_model: int, dropout: float) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(
            nn.Conv1d(features, d_model, kernel_size=5, stride=2, padding=2)
            for features in (n_mels, d_model)
        )
        self.norm, self.dropout = nn.LayerNorm(d_model), nn.Dropout(dropout)

    def forward(
        self, x: Float[Tensor, "batch time mels"], lengths: Int[Tensor, " batch"]
    ) -> tuple[Float[Tensor, "batch frames d_model"], Int[Tensor, " batch"]]:
        """Return a quarter of the frames, rounded up, and their numbers."""
        for convolution in self.convolutions:
            valid = _valid(lengths, x.shape[1])
            x = convolution((x * valid[:, :, None]).transpose(1, 2))
            x, lengths = functional.silu(x).transpose(1, 2), (lengths + 1) // 2
        x = self.dropout(self.norm(x))
        return x, lengths


class RecurrentEncoder(nn.Module):
    """Blocks of convolution and feed-forward, then a LSTM in both directions: 2 · d_model out."""

    def __init__(self, d_model: int, n_blocks: int, kernel_size: int, dropout: float) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            _ConvolutionBlock(d_model, kernel_size, dropout) for _ in range(n_blocks)
        )
        self.recurrent = FastLSTM(d_model, d_model, bidirectional=True)

    def forward(
        self, x: Float[Tensor, "batch time d_model"], lengths: Int[Tensor, " batch"]
    ) -> Float[Tensor, "batch time two_d_model"]:
        """Return what the LSTM says, forwards and backwards, in each frame; zeros at padding."""
        valid = _valid(lengths, x.shape[1])
        for block in self.blocks:
            x = block(x, valid)
        output, _ = self.recurrent(x.transpose(0, 1), lengths=lengths)
        return cast(Tensor, output).transpose(0, 1)


class _ConvolutionBlock(nn.Module):
    """A Conformer's block without attention: a convolution, a feed-forward."""

    def __init__(self, d_model: int, kernel_size: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.convolution = ConvolutionModule(d_model, kernel_size, norm="layer")
        self.feed_forward = FeedForward(d_model, 2 * d_model, dropout)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, x: Float[Tensor, "batch time d_model"], valid: Bool[Tensor, "batch time"]
    ) -> Float[Tensor, "batch time d_model"]:
        x = x + self.dropout(self.convolution(self.norm(x), valid))
        output: Tensor = x + self.dropout(self.feed_forward(x))
        return output


def _valid(lengths: Tensor, time: int) -> Tensor:
    """Return True at real frames, [batch, time]."""
    return mask_of_lengths(lengths, time).T
