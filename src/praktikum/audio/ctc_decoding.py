"""What CTC reads, the quick way: the likeliest symbol of each frame, merged.

Graves, Fernández, Gomez, Schmidhuber, 2006, section 3.2, "best path decoding". The likeliest
alignment need not be that of the likeliest text; see `ctc_beam`.
"""

from __future__ import annotations

from jaxtyping import Float, Int
from torch import Tensor

__all__ = ["ctc_greedy"]


def ctc_greedy(
    log_probs: Float[Tensor, "batch time symbols"],
    lengths: Int[Tensor, " batch"],
    *,
    blank: int = 0,
) -> list[list[int]]:
    """Return the symbols that the best path reads as, of each input: no blanks, none repeated.

    >>> import torch
    >>> path = torch.tensor([[1, 1, 0, 1, 2, 0]])
    >>> ctc_greedy(torch.nn.functional.one_hot(path).float(), torch.tensor([6]))
    [[1, 1, 2]]
    """
    return [
        [
            symbol
            for before, symbol in zip([blank, *path], path[:length], strict=False)
            if symbol not in (before, blank)
        ]
        for path, length in zip(log_probs.argmax(dim=-1).tolist(), lengths.tolist(), strict=True)
    ]
