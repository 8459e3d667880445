"""What recurrent layers share: parameters, stacked layers, two directions, lengths, packing.

Names, layouts and start of the parameters are those of `torch.nn.RNN`, `GRU` and `LSTM`, so
weights can be exchanged. What one direction of one layer does with a batch is the method `scan`,
and a layer is little else: see `layers` for the plain ones; the dropouts of recurrent networks
override `scan` too. Left out: projections (`proj_size`) and input without a batch axis.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from .cells import Weights
from .errors import SettingError, ShapeError
from .lengths import check_lengths, last_states, mask_of_lengths, reverse_sequences
from .masks import check_probability, dropout_mask

__all__ = ["RecurrentLayer", "State"]

State = tuple[Float[Tensor, "..."], ...]  # (h,) of a RNN or a GRU, (h, c) of a LSTM


class RecurrentLayer(nn.Module, ABC):
    """What all recurrent layers share: parameters, layers, directions, lengths.

    Args:
        input_size: features of a step.
        hidden_size: features of the state.
        num_layers: the outputs of each layer are the next one's inputs.
        bias: whether there are biases.
        batch_first: whether input and output are [batch, time, features] instead of
            [time, batch, features]; the state never is.
        dropout: probability of dropping numbers between layers in training.
        bidirectional: a second set of weights reads from the end; the outputs lie side by side.
        generator: where dropouts draw from; None is torch's own.
    """

    n_gates: ClassVar[int]
    n_states: ClassVar[int] = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if min(input_size, hidden_size, num_layers) < 1:
            raise SettingError(
                "input_size, hidden_size and num_layers must be 1 or more, "
                f"got {input_size}, {hidden_size} and {num_layers}"
            )
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.bidirectional = bias, batch_first, bidirectional
        self.dropout = check_probability("dropout", dropout)
        self.generator = generator
        self._register_weights()

    def _register_weights(self) -> None:
        gates, bound = self.n_gates * self.hidden_size, 1 / math.sqrt(self.hidden_size)
        for layer in range(self.num_layers):
            features = self.hidden_size * self.n_directions if layer else self.input_size
            for direction in range(self.n_directions):
                shapes = [(gates, features), (gates, self.hidden_size), (gates,), (gates,)]
                for name, shape in zip(self._names(layer, direction), shapes, strict=False):
                    self.register_parameter(name, nn.Parameter(torch.empty(shape)))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    def _names(self, layer: int, direction: int) -> list[str]:
        """Return torch's names of the parameters of one direction of one layer."""
        kinds = ["weight_ih", "weight_hh", *(["bias_ih", "bias_hh"] if self.bias else [])]
        return [f"{kind}_l{layer}{'_reverse' if direction else ''}" for kind in kinds]

    @property
    def n_directions(self) -> int:
        """1, or 2 when the layer is bidirectional."""
        return 2 if self.bidirectional else 1

    def weights(self, layer: int, direction: int = 0) -> Weights:
        """Return the parameters of one direction (0 forward, 1 backward) of one layer."""
        return Weights(*(getattr(self, name) for name in self._names(layer, direction)))

    @abstractmethod
    def scan(
        self, input: Float[Tensor, "time batch features"], state: State, weights: Weights
    ) -> State:
        """Return the states after every step, [time, batch, hidden] each; the first is the output.

        This is one direction of one layer. It goes forward in time and knows nothing of lengths.
        `state` is what it starts from, [batch, hidden] each.
        """

    def _run(
        self,
        input: Float[Tensor, "time batch features"],
        state: State,
        lengths: Int[Tensor, " batch"] | None,
    ) -> tuple[Float[Tensor, "time batch outputs"], State]:
        """Return the output of the last layer and the last states of all layers and directions."""
        finals: list[State] = []
        for layer in range(self.num_layers):
            if layer and self.dropout and self.training:
                input = input * dropout_mask(input, self.dropout, self.generator)
            outputs = []
            for direction in range(self.n_directions):
                initial = tuple(part[len(finals)] for part in state)
                read = reverse_sequences(input, lengths) if direction else input
                states = self.scan(read, initial, self.weights(layer, direction))
                finals.append(
                    tuple(last_states(*pair, lengths) for pair in zip(states, initial, strict=True))
                )
                output = states[0]
                outputs.append(reverse_sequences(output, lengths) if direction else output)
            input = torch.cat(outputs, dim=2) if self.bidirectional else outputs[0]
        if lengths is not None:
            padding = ~mask_of_lengths(lengths, len(input))
            input = input.masked_fill(padding[:, :, None], 0)
        return input, tuple(torch.stack(part) for part in zip(*finals, strict=True))

    def _run_packed(
        self, input: PackedSequence, state: State | None
    ) -> tuple[PackedSequence, State]:
        """Return what `_run` does, packed in the same order of sequences."""
        padded, lengths = pad_packed_sequence(input)
        lengths = lengths.to(padded.device)
        output, final = self._run(padded, self._initial(padded, state), lengths)
        order = input.sorted_indices
        if order is not None:
            output, lengths = output.index_select(1, order), lengths[order]
        packed = pack_padded_sequence(output, lengths.cpu())
        return PackedSequence(packed.data, packed.batch_sizes, order, input.unsorted_indices), final

    def _initial(self, input: Tensor, state: State | None) -> State:
        """Return `state`, or zeros. Raises ShapeError: input or state do not fit the layer."""
        if input.ndim != 3 or input.shape[2] != self.input_size or not len(input):
            raise ShapeError(
                f"the input must be [time, batch, {self.input_size}] with a step at least, got "
                f"{list(input.shape)}{' after batch_first' if self.batch_first else ''}"
            )
        wanted = (self.num_layers * self.n_directions, input.shape[1], self.hidden_size)
        if state is None:
            return tuple(input.new_zeros(wanted) for _ in range(self.n_states))
        if any(part.shape != wanted for part in state):
            raise ShapeError(
                f"the state must be [layers * directions, batch, hidden] = {list(wanted)}, "
                f"got {[list(part.shape) for part in state]}"
            )
        return state

    def _forward(
        self,
        input: Tensor | PackedSequence,
        state: State | None,
        lengths: Tensor | None,
    ) -> tuple[Tensor | PackedSequence, State]:
        if isinstance(input, PackedSequence):
            if lengths is not None:
                raise ShapeError("a PackedSequence knows its lengths; leave `lengths` out")
            return self._run_packed(input, state)
        if self.batch_first and input.ndim == 3:
            input = input.transpose(0, 1)
        initial = self._initial(input, state)
        if lengths is not None:
            check_lengths(lengths, *input.shape[:2])
            lengths = lengths.to(input.device)
        output, final = self._run(input, initial, lengths)
        return output.transpose(0, 1) if self.batch_first else output, final

    def extra_repr(self) -> str:
        """Return the sizes and what differs from the defaults, for `repr`."""
        settings = {
            "num_layers": (self.num_layers, 1),
            "bias": (self.bias, True),
            "batch_first": (self.batch_first, False),
            "dropout": (self.dropout, 0.0),
            "bidirectional": (self.bidirectional, False),
        }
        told = [f"{name}={value}" for name, (value, usual) in settings.items() if value != usual]
        return ", ".join([f"{self.input_size}, {self.hidden_size}", *told])
