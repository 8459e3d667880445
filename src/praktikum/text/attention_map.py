"""What a model looks at, as a picture: a row for each token that it reads or writes, dark is much.

A language model looks back at its own text, a translation at another: the source.
"""

from __future__ import annotations

from collections.abc import Sequence

from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from .errors import ShapeError

__all__ = ["draw_attention_map"]

INCHES = 0.32  # a token, on the page


def draw_attention_map(
    weights: Float[Tensor, "time seen"],
    tokens: Sequence[str],
    written: Sequence[str] | None = None,
) -> Figure:
    """Return the map of one text: in the row of a token, the weights of those it looks at.

    tokens:  all that are seen
    written: those of the rows, such as the tokens of a translation; None is that the text looks
             back at itself, and the rows are the last `time` of `tokens`

    Raises ShapeError: there are not as many tokens as weights.
    """
    n_rows, n_columns = weights.shape
    if written is None:
        axes_are, written = ("looks back at", "has read"), tokens[max(n_columns - n_rows, 0) :]
    else:
        axes_are = ("looks at", "writes")
    if (len(written), len(tokens)) != (n_rows, n_columns):
        raise ShapeError(
            f"weights of shape {tuple(weights.shape)} need {n_columns} tokens to look at and "
            f"{n_rows} for the rows, got {len(tokens)} and {len(written)}"
        )
    size = (2 + INCHES * n_columns, 1 + INCHES * n_rows)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot(xlabel=axes_are[0], ylabel=axes_are[1])
    axes.imshow(weights.detach().cpu().numpy(), cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(n_columns), tokens, rotation=90)
    axes.set_yticks(range(n_rows), written)
    return figure
