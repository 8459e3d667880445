"""What decoders ask of a model: one step for many texts at once, and a state made of rows.

A step takes the last token of each text and the state, and returns the logits of the next token
with the new state. All decoders are written against this alone, so they serve a recurrent network
(whose state is (h, c)), a Transformer (whose state is its caches of keys and values) and a table of
bigrams (which has none).
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from jaxtyping import Float, Int
from torch import Tensor

from .errors import SettingError

__all__ = ["Selectable", "State", "Step", "select_rows"]

State = Any
"""None, a tensor whose first axis is that of the texts, a `Selectable`, or a tuple, list or dict of
states."""


@runtime_checkable
class Selectable(Protocol):
    """A state that knows itself how to take some of its texts, such as `KeyValueCache`."""

    def selected(self, rows: Int[Tensor, " selected"], /) -> Selectable:
        """Return the state of the texts `rows`, in their order."""


@runtime_checkable
class Step(Protocol):
    """A language model, one token at a time."""

    def __call__(
        self, tokens: Int[Tensor, " rows"], state: State, /
    ) -> tuple[Float[Tensor, "rows vocabulary"], State]:
        """Return the logits (or log-probabilities) of what follows, and the state after `tokens`.

        tokens: the last token of each text
        state:  what the model knows of the tokens before; a decoder has no more use for it, so
                the step may write into it
        """


def select_rows(state: State, rows: Int[Tensor, " selected"]) -> State:
    """Return the state of the texts `rows`, in their order; a text may come more than once."""
    if state is None:
        return None
    if isinstance(state, Tensor):
        return state.index_select(0, rows)
    if isinstance(state, Selectable):
        return state.selected(rows)
    if isinstance(state, dict):
        return {key: select_rows(part, rows) for key, part in state.items()}
    if isinstance(state, tuple | list):
        parts = [select_rows(part, rows) for part in state]
        if hasattr(state, "_fields"):  # a named tuple takes its parts one by one
            return type(state)(*parts)
        return type(state)(parts)
    raise SettingError(
        "a state is None, a tensor, or a tuple, list or dict of states, or it has a method "
        f"selected(rows); got {type(state).__name__}"
    )
