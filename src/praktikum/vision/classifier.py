"""What every classifier of pictures here can do, so that each can be transferred to new classes.

A classifier is a chain of stages, from the picture to an embedding, and a head, one linear layer
from the embedding to logits. Early stages see edges and colours, late ones parts of objects
(Zeiler, Fergus, "Visualizing and understanding convolutional networks", 2014): what is learnt on
one set of pictures serves on another, the more the earlier it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from jaxtyping import Float
from torch import Tensor, nn

from .errors import SettingError

__all__ = ["Classifier"]

# beartype, which checks shapes in tests, cannot read `typing.Self` in a method by itself.
Some = TypeVar("Some", bound="Classifier")


class Classifier(nn.Module):
    """Stages, then a linear head. A subclass says where they are and how to embed.

    Attributes:
        HEAD: the name of the head in the module, e.g. "fc"; published weights fix it.
        n_frozen: how many of the first stages are not trained.
    """

    HEAD: ClassVar[str] = "fc"
    n_frozen: int = 0

    def stages(self) -> Sequence[nn.Module]:
        """Return everything but the head in the order of work; each parameter is in one stage."""
        raise NotImplementedError

    def embed(
        self, images: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch features"]:
        """Return what the head gets."""
        raise NotImplementedError

    def forward(
        self, images: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch classes"]:
        """Return logits."""
        logits: Tensor = self.head(self.embed(images))
        return logits

    @property
    def head(self) -> nn.Linear:
        """The last layer."""
        head = self.get_submodule(self.HEAD)
        assert isinstance(head, nn.Linear)
        return head

    def replace_head(self: Some, n_classes: int) -> Some:
        """Give the model a new, untrained head for so many classes, and return the model."""
        if n_classes < 1:
            raise SettingError(f"n_classes={n_classes} must be at least 1")
        old = self.head
        new = nn.Linear(old.in_features, n_classes).to(old.weight.device, old.weight.dtype)
        self.set_submodule(self.HEAD, new)
        return self

    def freeze(self: Some, n_stages: int) -> Some:
        """Stop the training of the first stages, let the others be trained; return the model.

        A frozen stage stays in evaluation mode: batch normalisation would otherwise go on
        averaging the new pictures, and the stage would change with no gradient in sight.
        Raises SettingError if there are not so many stages.
        """
        stages = self.stages()
        if not 0 <= n_stages <= len(stages):
            raise SettingError(
                f"n_frozen={n_stages}: {type(self).__name__} has {len(stages)} stages before its "
                f"head, freeze 0 to {len(stages)}"
            )
        self.n_frozen = n_stages
        for number, stage in enumerate(stages):
            stage.requires_grad_(number >= n_stages)
        return self.train(self.training)

    def train(self: Some, mode: bool = True) -> Some:
        """Set the mode of all but the frozen stages, which stay in evaluation mode."""
        super().train(mode)
        for stage in self.stages()[: self.n_frozen]:
            stage.eval()
        return self
