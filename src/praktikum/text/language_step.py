"""One step of a recurrent language model, made for decoding: the same numbers in a third the time.

`nn.LSTM` lays out its weights anew in every call, and a product of few rows with a large matrix is
faster when the matrix has its columns in a row of memory. So the cells are computed here, and the
output weights are kept transposed: another copy of them, as long as the step is held.
"""

from __future__ import annotations

from typing import cast

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from praktikum.sequence.cells import Weights, lstm_step

from .language_model import LanguageState, LSTMLanguageModel

__all__ = ["LanguageStep"]


class LanguageStep:
    """A `Step` of a model with the weights that it has now, without any dropout.

    step = LanguageStep(model)
    texts = greedy(step, torch.tensor([sos]), eos=eos, max_length=50)
    """

    @torch.no_grad()
    def __init__(self, model: LSTMLanguageModel) -> None:
        self.model = model
        lstms = [cast(nn.LSTM, layer.module) for layer in model.layers]
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        self.layers = [Weights(*(lstm.get_parameter(name) for name in names)) for lstm in lstms]
        self.output_weight = model.predict.weight.T.contiguous()  # (features, vocabulary)

    @torch.no_grad()
    def __call__(
        self, tokens: Int[Tensor, " rows"], state: LanguageState | None = None
    ) -> tuple[Float[Tensor, "rows vocabulary"], LanguageState]:
        """Return the logits of what follows one token of each text, and the state after it."""
        if state is None:
            state = self.model.initial_state(len(tokens))
        hidden: Tensor = self.model.embed.embedding(tokens)
        finals = []
        for weights, (h, c) in zip(self.layers, state.layers, strict=True):
            hidden, cell = lstm_step(weights.from_input(hidden), h, c, weights)
            finals.append((hidden, cell))
        features, memory, _ = self.model.look_back(hidden[None], state.memory)
        logits = torch.addmm(self.model.predict.bias, features[0], self.output_weight)
        return logits, LanguageState(tuple(finals), memory)
