"""The speller of LAS: writes a text, at each character looking at what was heard.

Chan, Jaitly, Le, Vinyals, 2016, "Listen, attend and spell", section 3.2, with the attention of
Bahdanau et al.: the state of a LSTM asks, attention answers with a mean of the listener's steps,
and both say the next character. The first layer also reads the last answer (equation 6).

In training the speller reads the true characters, and later its own. Scheduled sampling (Bengio,
Vinyals, Jaitly, Shazeer, 2015, "Scheduled sampling for sequence prediction with recurrent neural
networks") gives it a character drawn from its own prediction now and then, so that it learns to go
on after a mistake.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from praktikum.sequence import AdditiveAttention, LSTMCell, mask_of_lengths
from praktikum.text.sampling import draw

from .errors import SettingError

__all__ = ["Heard", "Speller", "SpellerState", "SpellerStep"]


class Heard(NamedTuple):
    """What the listener says, ready to be asked.

    Attributes:
        steps: the means are taken of these
        keys: the same, as attention compares them with a question
        mask: True at real steps
    """

    steps: Float[Tensor, "batch steps d_heard"]
    keys: Float[Tensor, "batch steps d_score"]
    mask: Bool[Tensor, "batch 1 steps"]


class SpellerState(NamedTuple):
    """What the speller knows of the text so far.

    Attributes:
        hidden, cell: of the LSTM's two layers
        answer: of attention, at the last character
        recording: which recording a row spells
    """

    hidden: Float[Tensor, "rows 2 d_model"]
    cell: Float[Tensor, "rows 2 d_model"]
    answer: Float[Tensor, "rows d_heard"]
    recording: Int[Tensor, " rows"]


class Speller(nn.Module):
    """Two cells of LSTM with attention between what was heard and what is written.

    symbols: of the texts, with marks of beginning and end
    d_heard: features of a step of the listener
    d_model: features of a character and of each cell
    dropout: probability of dropping a feature of a character and before the prediction
    """

    def __init__(self, symbols: int, d_heard: int, d_model: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.embedding, self.dropout = nn.Embedding(symbols, d_model), nn.Dropout(dropout)
        self.lower = LSTMCell(d_model + d_heard, d_model)
        self.upper = LSTMCell(d_model, d_model)
        self.attention = AdditiveAttention(d_model, d_heard, d_model)
        self.predict = nn.Sequential(
            nn.Linear(d_model + d_heard, d_model), nn.Tanh(), nn.Dropout(dropout),
            nn.Linear(d_model, symbols),
        )  # fmt: skip

    def hear(
        self, steps: Float[Tensor, "batch steps d_heard"], lengths: Int[Tensor, " batch"]
    ) -> Heard:
        """Return the listener's steps, made ready once for all characters."""
        mask = mask_of_lengths(lengths, steps.shape[1]).T[:, None]
        return Heard(steps, self.attention.from_key(steps), mask)

    def begin(self, heard: Heard) -> SpellerState:
        """Return the state before the first character, a row for each recording."""
        batch, _, d_heard = heard.steps.shape
        nothing = heard.steps.new_zeros(batch, 2, self.embedding.embedding_dim)
        recording = torch.arange(batch, device=nothing.device)
        return SpellerState(nothing, nothing, nothing.new_zeros(batch, d_heard), recording)

    def step(
        self, tokens: Int[Tensor, " rows"], state: SpellerState, heard: Heard
    ) -> tuple[Float[Tensor, "rows symbols"], SpellerState, Float[Tensor, "rows steps"]]:
        """Return the logits after one more character, the state, and where attention looked.

        heard: a row for each row of `tokens`
        """
        read = torch.cat((self.dropout(self.embedding(tokens)), state.answer), dim=1)
        (hidden, hidden_above), (cell, cell_above) = state.hidden.unbind(1), state.cell.unbind(1)
        lower = self.lower(read, (hidden, cell))
        upper = self.upper(lower[0], (hidden_above, cell_above))
        answer, weights = self.attention(
            upper[0][:, None], heard.steps, mask=heard.mask, projected_key=heard.keys
        )
        answer = answer[:, 0]
        logits = self.predict(torch.cat((upper[0], answer), dim=1))
        hidden, cell = (torch.stack(parts, dim=1) for parts in zip(lower, upper, strict=True))
        return logits, SpellerState(hidden, cell, answer, state.recording), weights[:, 0]

    def forward(
        self,
        heard: Heard,
        read: Int[Tensor, "batch time"],
        sampling: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> tuple[Float[Tensor, "batch time symbols"], Float[Tensor, "batch time steps"]]:
        """Return the logits of what follows each character, and where attention looked.

        Args:
            heard: the recordings.
            read: the true texts after their mark of beginning.
            sampling: probability that a character is read as the speller's own prediction has it,
                drawn by chance, and not as it is. The first one is always read as it is.
            generator: where chance comes from; None is torch's own.

        Raises SettingError: `sampling` is no probability.
        """
        if not 0 <= sampling <= 1:
            raise SettingError(f"sampling must be a probability from 0 to 1, got {sampling}")
        state, logits, looked = self.begin(heard), [], []
        tokens = read[:, 0]
        for true in (*read.unbind(1)[1:], None):
            said, state, weights = self.step(tokens, state, heard)
            logits.append(said)
            looked.append(weights)
            if true is None:
                break
            tokens = true
            if sampling:
                chance = torch.rand(true.shape, generator=generator, device=true.device)
                own = draw(said.detach(), generator=generator)
                tokens = torch.where(chance < sampling, own, true)
        return torch.stack(logits, dim=1), torch.stack(looked, dim=1)


class SpellerStep:
    """A `Step` for the decoders of room `text`: greedy, sampled, or by a beam.

    speller: trained, in evaluation mode
    heard:   the recordings; a state tells which of them a row spells
    """

    def __init__(self, speller: Speller, heard: Heard) -> None:
        self.speller, self.heard = speller, heard

    @torch.no_grad()
    def __call__(
        self, tokens: Int[Tensor, " rows"], state: SpellerState | None
    ) -> tuple[Float[Tensor, "rows symbols"], SpellerState]:
        """Return the logits of what follows, and the state after `tokens`."""
        if state is None:
            state = self.speller.begin(self.heard)
        heard = Heard(*(part.index_select(0, state.recording) for part in self.heard))
        logits, after, _ = self.speller.step(tokens, state, heard)
        return logits, after
