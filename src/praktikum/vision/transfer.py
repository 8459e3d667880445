"""A network that was trained on many pictures, put to a task with few.

Three ways, from the fewest labels to the most:

- a *linear probe*: everything but the head is frozen. Then each picture's embedding is always the
  same, so it is computed once (`embed_all`), and the head learns from the embeddings.
- *fine-tuning* with the first stages frozen (`Classifier.freeze`): edges and textures stay, what
  depends on the old classes is learnt anew.
- fine-tuning of everything, early stages at smaller learning rates (`discriminative_rates`):
  Howard, Ruder, "Universal language model fine-tuning" (2018), section 3.2.

Source: Yosinski et al., "How transferable are features in deep neural networks?" (2014).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .classifier import Classifier
from .errors import SettingError

__all__ = ["StageRate", "discriminative_rates", "embed_all"]


class StageRate(NamedTuple):
    """The parameters of a stage and what multiplies their learning rate."""

    parameters: list[nn.Parameter]
    scale: float


def discriminative_rates(model: Classifier, decay: float) -> list[StageRate]:
    """Return the head at 1, the last stage at `decay`, the one before at decay² and so on.

    Frozen stages are left out, stages without parameters too. Together they hold every parameter
    that is trained, each once. Raises SettingError unless `decay` is in (0, 1].
    """
    if not 0 < decay <= 1:
        raise SettingError(f"decay={decay} must be above 0 and at most 1")
    parts = [model.head, *reversed(model.stages())]
    rates = [
        StageRate([p for p in part.parameters() if p.requires_grad], decay**distance)
        for distance, part in enumerate(parts)
    ]
    return [rate for rate in rates if rate.parameters]


@torch.no_grad()
def embed_all(
    model: Classifier,
    pixels: Callable[[Tensor], Tensor],
    batches: Iterable[Tensor],  # each uint8, (batch, channels, height, width)
) -> Float[Tensor, "examples features"]:
    """Return the embedding of every picture, in the order of the batches, on the CPU.

    The model embeds in evaluation mode and is left in the mode that it was in.
    """
    training, device = model.training, next(model.parameters()).device
    model.eval()
    try:
        return torch.cat([model.embed(pixels(batch.to(device))).cpu() for batch in batches])
    finally:
        model.train(training)
