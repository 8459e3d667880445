"""What published encoders have in common: the sizes and dropouts of a stack of layers."""

from dataclasses import dataclass

import torch

from .activations import activation_named
from .errors import SettingError
from .masks import check_probability
from .transformer import Encoder

__all__ = ["StackConfig"]


@dataclass(frozen=True, kw_only=True)
class StackConfig:
    """A stack of `EncoderLayer`, as published models describe theirs.

    Attributes:
        d_model: size of what goes through.
        n_layers: how many.
        n_heads: of attention; they divide `d_model`.
        d_feedforward: size of a layer's hidden layer, default 4 times `d_model`.
        activation: of the hidden layer, a name of `activations`, default ``gelu``.
        eps: what normalisation adds to the variance, default 1e-5.
        dropout: of what blocks add and of embeddings, default 0.1.
        attention_dropout: of weights of attention, default 0.1.
        init_std: deviation of weights at the start, default 0.02.

    Raises SettingError: one of them is out of its range.
    """

    d_model: int
    n_layers: int
    n_heads: int
    d_feedforward: int | None = None
    activation: str = "gelu"
    eps: float = 1e-5
    dropout: float = 0.1
    attention_dropout: float = 0.1
    init_std: float = 0.02

    def __post_init__(self) -> None:
        if self.d_feedforward is None:
            object.__setattr__(self, "d_feedforward", 4 * self.d_model)
        self.check_sizes("d_model", "n_layers", "n_heads", "d_feedforward")
        if self.d_model % self.n_heads:
            raise SettingError(f"n_heads={self.n_heads} must divide d_model={self.d_model}")
        activation_named(self.activation)
        check_probability("dropout", self.dropout)
        check_probability("attention_dropout", self.attention_dropout)

    def check_sizes(self, *names: str) -> None:
        """Raise SettingError unless each of these fields is at least 1."""
        for name in names:
            if getattr(self, name) < 1:
                raise SettingError(f"{name}={getattr(self, name)} must be at least 1")

    def encoder(self, norm_first: bool, generator: torch.Generator | None) -> Encoder:
        """Return the stack; dropout is where published models have it: not between the linear
        layers."""
        return Encoder(
            self.n_layers,
            self.d_model,
            self.n_heads,
            d_feedforward=self.d_feedforward,
            norm_first=norm_first,
            activation=self.activation,
            eps=self.eps,
            dropout=self.dropout,
            attention_dropout=self.attention_dropout,
            feedforward_dropout=0.0,
            generator=generator,
        )
