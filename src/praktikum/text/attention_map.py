"""What a language model looks back at, as a picture: a row for each token read, dark is much."""

from __future__ import annotations

from collections.abc import Sequence

from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from .errors import ShapeError

__all__ = ["draw_attention_map"]

INCHES = 0.32  # a token, on the page


def draw_attention_map(weights: Float[Tensor, "time seen"], tokens: Sequence[str]) -> Figure:
    """Return the map of one text: in the row of a token, the weights of those it looks at.

    tokens: all that are seen; the rows are those of the last `time` of them

    Raises ShapeError: there are not as many tokens as weights in a row.
    """
    n_rows, n_columns = weights.shape
    if len(tokens) != n_columns or n_rows > n_columns:
        raise ShapeError(
            f"weights of shape {tuple(weights.shape)} need {n_columns} tokens, got {len(tokens)}"
        )
    size = (2 + INCHES * n_columns, 1 + INCHES * n_rows)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot(xlabel="looks back at", ylabel="has read")
    axes.imshow(weights.detach().cpu().numpy(), cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(n_columns), tokens, rotation=90)
    axes.set_yticks(range(n_rows), tokens[n_columns - n_rows :])
    return figure
