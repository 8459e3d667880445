"""Heads that say one of several labels, as published models keep theirs."""

from collections.abc import Mapping
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from .errors import SettingError, WeightsError
from .published_model import PublishedModel, draw_normal_

__all__ = ["LabelHead", "linear_head"]

Labelled = TypeVar("Labelled", bound="LabelHead")


class LabelHead(PublishedModel):
    """A model with a linear layer `classifier`, whose weights tell how many labels there are."""

    classifier: nn.Linear

    @classmethod
    def of_shape(
        cls: type[Labelled], config: Any, tensors: Mapping[str, Tensor], **settings: Any
    ) -> Labelled:
        """Return a model with as many labels as there are weights for.

        Raises WeightsError: there are none.
        """
        if "classifier.weight" not in tensors:
            raise WeightsError(
                f"the folder has no weights of a head: to begin with a new one, give "
                f"{cls.__name__} the body that from_pretrained of its class reads, and n_labels"
            )
        n_labels = len(tensors["classifier.weight"])
        return super().of_shape(config, tensors, n_labels=n_labels, **settings)

    def labels(self) -> dict[str, object]:
        """Return names of the labels, by which transformers knows how many there are."""
        names = [f"LABEL_{number}" for number in range(self.classifier.out_features)]
        return {
            "id2label": {str(number): name for number, name in enumerate(names)},
            "label2id": {name: number for number, name in enumerate(names)},
        }


def linear_head(
    d_model: int, n_labels: int, std: float, generator: torch.Generator | None = None
) -> nn.Linear:
    """Return a layer from vectors to logits, drawn from N(0, std²). Raises SettingError."""
    if n_labels < 1:
        raise SettingError(f"n_labels={n_labels} must be at least 1")
    linear = nn.Linear(d_model, n_labels)
    draw_normal_(linear, std, generator)
    return linear
