"""ViT: a picture is a sequence of patches, and an encoder reads it.

Dosovitskiy et al., 2021, "An image is worth 16×16 words: Transformers for image recognition at
scale". A patch becomes a vector by one linear layer (a convolution whose stride is its size); a
vector that stands for the whole picture comes before them; all get learned positions and go through
pre-norm layers. The published body's pooler, which the published classifier does not use, is left
out.

    vit = ViTClassifier.from_pretrained("google/vit-base-patch16-224")
    logits = vit(pictures)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from .absolute_positions import LearnedPositions
from .dropout import Dropout
from .errors import SettingError, ShapeError
from .label_head import LabelHead, linear_head
from .published_config import ConfigFormat
from .published_model import Family, PublishedModel, Tensors, draw_normal_
from .published_names import NameTable
from .stack_config import StackConfig

__all__ = ["VIT", "ViT", "ViTClassifier", "ViTConfig"]

Head = TypeVar("Head", bound="ViTClassifier")


@dataclass(frozen=True, kw_only=True)
class ViTConfig(StackConfig):
    """What a ViT is: a stack, its layers as `StackConfig` tells, and patches.

    Attributes:
        image_size: height and width of a picture, pixels, default 224.
        patch_size: height and width of a patch, pixels, default 16; it divides `image_size`.
        n_channels: of a picture, default 3.
    """

    image_size: int = 224
    patch_size: int = 16
    n_channels: int = 3
    eps: float = 1e-12
    dropout: float = 0.0
    attention_dropout: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_sizes("image_size", "patch_size", "n_channels")
        if self.image_size % self.patch_size:
            raise SettingError(
                f"patch_size={self.patch_size} must divide image_size={self.image_size}"
            )

    @property
    def side(self) -> int:
        """Patches along each side of a picture."""
        return self.image_size // self.patch_size


POSITIONS = "embeddings.position_embeddings"


def _flat_positions(tensors: Tensors) -> Tensors:
    """Return positions as a table, [1 + patches, d_model]."""
    return {
        (f"{name}.weight" if name.endswith(POSITIONS) else name): (
            tensor.flatten(0, 1) if name.endswith(POSITIONS) else tensor
        )
        for name, tensor in tensors.items()
    }


def _batched_positions(tensors: Tensors) -> Tensors:
    """Undo `_flat_positions`."""
    return {
        name.replace(f"{POSITIONS}.weight", POSITIONS): (
            tensor[None] if name.endswith(f"{POSITIONS}.weight") else tensor
        )
        for name, tensor in tensors.items()
    }


LAYER = "vit.encoder.layer.{}"
OWN_LAYER = "vit.encoder.layers.{}"

VIT = Family(
    ConfigFormat(
        model_type="vit",
        config=ViTConfig,
        keys={
            "image_size": "image_size",
            "patch_size": "patch_size",
            "num_channels": "n_channels",
            "hidden_size": "d_model",
            "num_hidden_layers": "n_layers",
            "num_attention_heads": "n_heads",
            "intermediate_size": "d_feedforward",
            "hidden_act": "activation",
            "layer_norm_eps": "eps",
            "hidden_dropout_prob": "dropout",
            "attention_probs_dropout_prob": "attention_dropout",
            "initializer_range": "init_std",
        },
        fixed={"qkv_bias": True},
    ),
    NameTable(
        prefix="vit.",
        modules={
            "vit.embeddings": "vit",
            "vit.embeddings.patch_embeddings.projection": "vit.patches",
            f"vit.{POSITIONS}": "vit.positions",
            f"{LAYER}.layernorm_before": f"{OWN_LAYER}.norm1",
            f"{LAYER}.attention.attention.query": f"{OWN_LAYER}.self_attn.q_proj",
            f"{LAYER}.attention.attention.key": f"{OWN_LAYER}.self_attn.k_proj",
            f"{LAYER}.attention.attention.value": f"{OWN_LAYER}.self_attn.v_proj",
            f"{LAYER}.attention.output.dense": f"{OWN_LAYER}.self_attn.out_proj",
            f"{LAYER}.layernorm_after": f"{OWN_LAYER}.norm2",
            f"{LAYER}.intermediate.dense": f"{OWN_LAYER}.linear1",
            f"{LAYER}.output.dense": f"{OWN_LAYER}.linear2",
            "vit.layernorm": "vit.encoder.norm",
            "classifier": "classifier",
        },
        passed=r"vit\.pooler\..*|vit\.embeddings\.mask_token",
    ),
    unpack=_flat_positions,
    pack=_batched_positions,
)


class ViT(PublishedModel):
    """The body of ViT.

    config:    what it is
    generator: where weights and dropouts are drawn from; None is torch's own
    """

    family = VIT
    architecture = "ViTModel"
    inside = "vit."

    def __init__(self, config: ViTConfig, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.config = config
        size, d_model = config.patch_size, config.d_model
        self.patches = nn.Conv2d(config.n_channels, d_model, size, stride=size)
        self.cls_token = nn.Parameter(torch.empty(1, 1, d_model))
        self.positions = LearnedPositions(1 + config.side**2, d_model)
        self.dropout = Dropout(config.dropout, generator)
        self.encoder = config.encoder(norm_first=True, generator=generator)
        draw_normal_(self, config.init_std, generator)
        for parameter in (self.cls_token, self.positions.weight):
            nn.init.normal_(parameter, std=config.init_std, generator=generator)

    def forward(
        self,
        pictures: Float[Tensor, "batch n_channels height width"],
        *,
        need_weights: bool = False,
    ) -> tuple[
        Float[Tensor, "batch time d_model"], list[Float[Tensor, "batch n_heads time time"] | None]
    ]:
        """Return vectors of the picture and of its patches, row by row, and the maps of each layer.

        pictures:     of `image_size`, their pixels as at training
        need_weights: whether the maps are returned; None each if not

        Raises ShapeError: pictures of another size or number of channels.
        """
        config = self.config
        wanted = (config.n_channels, config.image_size, config.image_size)
        if pictures.shape[1:] != wanted:
            raise ShapeError(
                f"a picture must be [channels, height, width] = {list(wanted)}, got "
                f"{list(pictures.shape[1:])}; `resized` makes a model for another size"
            )
        patches = self.patches(pictures).flatten(2).transpose(1, 2)  # (batch, patches, d_model)
        whole = self.cls_token.expand(len(pictures), -1, -1)
        embedded = self.dropout(self.positions(torch.cat((whole, patches), dim=1)))
        hidden: Tensor
        hidden, maps = self.encoder(embedded, need_weights=need_weights)
        return hidden, maps

    @torch.no_grad()
    def resized(self, image_size: int) -> "ViT":
        """Return a model for pictures of another size, with these weights.

        Positions of patches are interpolated (bicubic), as section 3.2 of the paper has it for
        fine-tuning at a higher resolution.
        """
        model = ViT(replace(self.config, image_size=image_size))
        state = self.state_dict()
        whole, grid = state["positions.weight"].split((1, self.config.side**2))
        picture = grid.T.reshape(1, -1, self.config.side, self.config.side)
        side = model.config.side
        resized = functional.interpolate(picture, (side, side), mode="bicubic")[0].flatten(1).T
        model.load_state_dict(state | {"positions.weight": torch.cat((whole, resized))})
        return model.train(self.training)


class ViTClassifier(LabelHead):
    """Says what is on a picture.

    vit:       the body
    n_labels:  how many labels
    generator: where the weights of the head are drawn from; None is torch's own
    """

    family = VIT
    architecture = "ViTForImageClassification"

    def __init__(self, vit: ViT, n_labels: int, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.vit, self.config = vit, vit.config
        self.classifier = linear_head(
            self.config.d_model, n_labels, self.config.init_std, generator
        )

    @classmethod
    def of_shape(
        cls: type[Head], config: Any, tensors: Mapping[str, Tensor], **settings: Any
    ) -> Head:
        """Return a body, and a head with as many labels as there are weights for."""
        return super().of_shape(ViT(config), tensors, **settings)

    def forward(
        self, pictures: Float[Tensor, "batch n_channels height width"]
    ) -> Float[Tensor, "batch n_labels"]:
        """Return the logits of each picture's label."""
        hidden, _ = self.vit(pictures)
        logits: Tensor = self.classifier(hidden[:, 0])
        return logits
