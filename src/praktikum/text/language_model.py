"""A recurrent language model with all regularisers of AWD-LSTM.

Merity, Keskar, Socher, 2018, "Regularizing and optimizing LSTM language models": dropped recurrent
weights (section 2), locked dropout of inputs, between layers and of outputs (4.2), dropped words of
the embedding (4.3), tied weights (4.4, after Inan et al., 2017, and Press, Wolf, 2017). Penalties
on activations (4.6) are in `activation_regularisation`, averaging of weights (3) in
`averaged_weights`. Left out: batches of varying length of backpropagation (4.1), for texts are
read whole.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise
from typing import NamedTuple, cast

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from praktikum.sequence import EmbeddingDropout, LockedDropout, WeightDrop

from .causal_attention import CausalAttention
from .errors import SettingError

__all__ = ["LSTMLanguageModel", "LanguageDropouts", "LanguageOutput", "LanguageState"]


@dataclass(frozen=True)
class LanguageDropouts:
    """Probabilities of dropping, all 0 by default.

    Attributes:
        embedding: words of the vocabulary.
        input: features of the embedded words, locked over time.
        hidden: features between two layers, locked.
        output: features of the last layer, locked.
        weight: weights from state to state.
    """

    embedding: float = 0.0
    input: float = 0.0
    hidden: float = 0.0
    output: float = 0.0
    weight: float = 0.0

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            if not 0 <= getattr(self, name) < 1:
                raise SettingError(
                    f"{name} is the probability of dropping and needs 0 <= {name} < 1, "
                    f"got {getattr(self, name)}"
                )


class LanguageState(NamedTuple):
    """What a model remembers of the tokens that it has read; texts are the first axis everywhere.

    layers: (h, c) of each layer, [batch, hidden] each
    memory: with attention, outputs of all steps so far, [batch, steps, features]
    """

    layers: tuple[tuple[Tensor, Tensor], ...]
    memory: Tensor | None


class LanguageOutput(NamedTuple):
    """What a model says of a batch; `hidden` and `dropped` are for penalties on activations."""

    logits: Float[Tensor, "time batch vocabulary"]
    state: LanguageState
    hidden: Float[Tensor, "time batch features"]  # of the last layer
    dropped: Float[Tensor, "time batch features"]  # the same after dropout
    attention: Float[Tensor, "batch time seen"] | None


class LSTMLanguageModel(nn.Module):
    """Reads tokens, and says after each what may come next.

    Args:
        n_tokens: size of the vocabulary.
        embedding_size: features of a word.
        hidden_size: features of the state of each layer; with tied weights the last layer has
            `embedding_size` instead.
        num_layers: of LSTM.
        tied: predict with the embedding matrix itself instead of another one.
        attention: look back at earlier outputs; see `CausalAttention`.
        dropouts: of training.
    """

    def __init__(
        self,
        n_tokens: int,
        embedding_size: int = 400,
        hidden_size: int = 1150,
        num_layers: int = 3,
        *,
        tied: bool = True,
        attention: bool = False,
        dropouts: LanguageDropouts = LanguageDropouts(),
    ) -> None:
        super().__init__()
        if min(n_tokens, embedding_size, hidden_size, num_layers) < 1:
            raise SettingError(
                "n_tokens, embedding_size, hidden_size and num_layers must be at least 1, got "
                f"{n_tokens}, {embedding_size}, {hidden_size} and {num_layers}"
            )
        last = embedding_size if tied else hidden_size
        sizes = [embedding_size, *[hidden_size] * (num_layers - 1), last]
        embedding = nn.Embedding(n_tokens, embedding_size)
        nn.init.uniform_(embedding.weight, -0.1, 0.1)
        self.embed = EmbeddingDropout(embedding, dropouts.embedding)
        self.drop_input = LockedDropout(dropouts.input)
        self.layers = nn.ModuleList(
            WeightDrop(nn.LSTM(*pair), p=dropouts.weight) for pair in pairwise(sizes)
        )
        self.drop_hidden = LockedDropout(dropouts.hidden)
        self.drop_output = LockedDropout(dropouts.output)
        self.attention = CausalAttention(last) if attention else None
        self.predict = nn.Linear(last, n_tokens)
        nn.init.zeros_(self.predict.bias)
        if tied:
            self.tie()

    def tie(self) -> None:
        """Let `predict` use the embedding's matrix: one parameter, which learns in both places."""
        self.predict.weight = self.embed.embedding.weight

    def forward(
        self, tokens: Int[Tensor, "time batch"], state: LanguageState | None = None
    ) -> LanguageOutput:
        """Return the logits of what follows each token, and the state after the last.

        Tokens go through `embed` and `drop_input`; then each of `layers` goes on from its (h, c)
        in the state, between two of them is `drop_hidden`; then through `drop_output`, `look_back`
        and `predict`. `state=None` is `initial_state`.
        """
        if state is None:
            state = self.initial_state(tokens.shape[1])
        hidden = self.drop_input(self.embed(tokens))
        finals = []
        for number, (layer, (h, c)) in enumerate(zip(self.layers, state.layers, strict=True)):
            if number:
                hidden = self.drop_hidden(hidden)
            hidden, (h, c) = layer(hidden, (h[None], c[None]))
            finals.append((h[0], c[0]))
        dropped = self.drop_output(hidden)
        features, memory, weights = self.look_back(dropped, state.memory)
        after = LanguageState(tuple(finals), memory)
        return LanguageOutput(self.predict(features), after, hidden, dropped, weights)

    def look_back(
        self, output: Float[Tensor, "time batch features"], memory: Tensor | None
    ) -> tuple[Float[Tensor, "time batch features"], Tensor | None, Tensor | None]:
        """Return the output with what it attends to, the memory of both, and the weights.

        Without attention it is the output itself, and there is neither memory nor weights.
        """
        if self.attention is None or memory is None:
            return output, None, None
        outputs = output.transpose(0, 1)  # (batch, time, features)
        mixed, weights = self.attention(outputs, memory)
        return mixed.transpose(0, 1), torch.cat((memory, outputs), dim=1), weights

    def initial_state(self, batch: int) -> LanguageState:
        """Return the state of texts of which nothing has been read."""
        zeros = self.predict.weight.new_zeros
        lstms = [cast(nn.LSTM, layer.module) for layer in self.layers]
        layers = tuple((zeros(batch, m.hidden_size), zeros(batch, m.hidden_size)) for m in lstms)
        empty = zeros(batch, 0, lstms[-1].hidden_size)
        return LanguageState(layers, None if self.attention is None else empty)

    def step(
        self, tokens: Int[Tensor, " rows"], state: LanguageState | None = None
    ) -> tuple[Float[Tensor, "rows vocabulary"], LanguageState]:
        """Return the logits of what follows one token of each text: a `Step` for decoders."""
        output = self(tokens[None], state)
        return output.logits[0], output.state
