"""GPT: a Transformer that reads from left to right and says the next token.

Radford et al., 2018, "Improving language understanding by generative pre-training", in the form of
GPT-2 (Radford et al., 2019, "Language models are unsupervised multitask learners", section 2.3):
pre-norm layers with a norm after the last, learned positions, logits by the embeddings themselves,
and weights of the layers that end at the way around drawn 1/√(2 n_layers) times as large.

    gpt = GPT.from_pretrained("openai-community/gpt2")
    logits = gpt(tokens)  # [batch, time, n_tokens]

`GPTStep` is for generation.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from praktikum.sequence.absolute_positions import LearnedPositions
from praktikum.sequence.dropout import Dropout
from praktikum.sequence.key_value_cache import KeyValueCache
from praktikum.sequence.masks import check_probability
from praktikum.sequence.published_config import ConfigFormat
from praktikum.sequence.published_model import Family, PublishedModel, Tensors, draw_normal_
from praktikum.sequence.published_names import NameTable
from praktikum.sequence.stack_config import StackConfig

__all__ = ["GPT", "GPT2", "GPTConfig"]


@dataclass(frozen=True, kw_only=True)
class GPTConfig(StackConfig):
    """What a GPT is: a stack, its layers as `StackConfig` tells, and embeddings.

    Attributes:
        n_tokens: of the vocabulary.
        max_length: tokens of the longest text, default 1024.
        embedding_dropout: of embeddings, default 0.1.
        bos: the token that a text begins with, default none.
        eos: the token that ends a text, default none.
    """

    n_tokens: int
    max_length: int = 1024
    activation: str = "gelu_new"
    embedding_dropout: float = 0.1
    bos: int | None = None
    eos: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_sizes("n_tokens", "max_length")
        check_probability("embedding_dropout", self.embedding_dropout)


def _as_linear(tensors: Tensors) -> Tensors:
    """Return the weights of linear layers as torch has them.

    GPT-2's are transposed, and those of queries, keys and values lie side by side.
    """
    linear: Tensors = {}
    for name, tensor in tensors.items():
        if re.search(r"\.(c_attn|c_proj|c_fc)\.weight$", name):
            tensor = tensor.T
        if ".c_attn." in name:
            for letter, part in zip("qkv", tensor.chunk(3), strict=True):
                linear[name.replace("c_attn", letter)] = part
        else:
            linear[name] = tensor
    return linear


def _as_published(tensors: Tensors) -> Tensors:
    """Undo `_as_linear`."""
    published: Tensors = {}
    for name, tensor in tensors.items():
        found = re.fullmatch(r"(.*\.attn\.)([qkv])(\.\w+)", name)
        if found and found[2] == "q":
            parts = [tensors[f"{found[1]}{letter}{found[3]}"] for letter in "qkv"]
            name, tensor = f"{found[1]}c_attn{found[3]}", torch.cat(parts)
        elif found:
            continue
        is_turned = re.search(r"\.(c_attn|c_proj|c_fc)\.weight$", name)
        published[name] = tensor.T if is_turned else tensor
    return published


LAYER = "transformer.h.{}"
OWN_LAYER = "transformer.encoder.layers.{}"

GPT2 = Family(
    ConfigFormat(
        model_type="gpt2",
        config=GPTConfig,
        keys={
            "vocab_size": "n_tokens",
            "n_positions": "max_length",
            "n_embd": "d_model",
            "n_layer": "n_layers",
            "n_head": "n_heads",
            "n_inner": "d_feedforward",
            "activation_function": "activation",
            "layer_norm_epsilon": "eps",
            "resid_pdrop": "dropout",
            "attn_pdrop": "attention_dropout",
            "embd_pdrop": "embedding_dropout",
            "initializer_range": "init_std",
            "bos_token_id": "bos",
            "eos_token_id": "eos",
        },
        fixed={
            "add_cross_attention": False,
            "scale_attn_weights": True,
            "scale_attn_by_inverse_layer_idx": False,
            "tie_word_embeddings": True,
        },
    ),
    NameTable(
        prefix="transformer.",
        modules={
            "transformer.wte": "transformer.tokens",
            "transformer.wpe": "transformer.positions",
            f"{LAYER}.ln_1": f"{OWN_LAYER}.norm1",
            f"{LAYER}.attn.q": f"{OWN_LAYER}.self_attn.q_proj",
            f"{LAYER}.attn.k": f"{OWN_LAYER}.self_attn.k_proj",
            f"{LAYER}.attn.v": f"{OWN_LAYER}.self_attn.v_proj",
            f"{LAYER}.attn.c_proj": f"{OWN_LAYER}.self_attn.out_proj",
            f"{LAYER}.ln_2": f"{OWN_LAYER}.norm2",
            f"{LAYER}.mlp.c_fc": f"{OWN_LAYER}.linear1",
            f"{LAYER}.mlp.c_proj": f"{OWN_LAYER}.linear2",
            "transformer.ln_f": "transformer.encoder.norm",
        },
        passed=r"transformer\.h\.\d+\.attn\.(bias|masked_bias)",
    ),
    unpack=_as_linear,
    pack=_as_published,
)


class GPT(PublishedModel):
    """A language model.

    config:    what it is
    generator: where weights and dropouts are drawn from; None is torch's own
    """

    family = GPT2
    architecture = "GPT2LMHeadModel"
    inside = "transformer."

    def __init__(self, config: GPTConfig, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.config = config
        self.tokens = nn.Embedding(config.n_tokens, config.d_model)
        self.positions = LearnedPositions(config.max_length, config.d_model)
        self.dropout = Dropout(config.embedding_dropout, generator)
        self.encoder = config.encoder(norm_first=True, generator=generator)
        draw_normal_(self, config.init_std, generator)
        with torch.no_grad():
            for name, weight in self.encoder.named_parameters():
                if name.endswith(("self_attn.out_proj.weight", "linear2.weight")):
                    weight.div_(math.sqrt(2 * config.n_layers))

    def encode(
        self,
        tokens: Int[Tensor, "batch time"],
        mask: Bool[Tensor, "batch all_time"] | None = None,
        *,
        caches: Sequence[KeyValueCache] | None = None,
        need_weights: bool = False,
    ) -> tuple[
        Float[Tensor, "batch time d_model"],
        list[Float[Tensor, "batch n_heads time all_time"] | None],
    ]:
        """Return a vector of each token, and the maps of each layer's heads (None if not needed).

        mask:   True at tokens, False at padding, which may stand before texts; of all steps, those
                in the caches too. None is that there is no padding, or only after texts
        caches: `empty_caches()` at the first call of a generation, the same list in the next
                ones; `tokens` holds only those that are new then

        Raises ShapeError: a text longer than `max_length`.
        """
        offset, time = len(caches[0]) if caches else 0, tokens.shape[1]
        steps = None if mask is None else (mask.cumsum(dim=1) - 1).clamp_min(0)[:, -time:]
        embedded = self.dropout(self.positions(self.tokens(tokens), offset, steps))
        hidden: Tensor
        hidden, maps = self.encoder(
            embedded,
            None if mask is None else mask[:, None, None, :],
            causal=time > 1,  # a single step is the last one, and may look at all
            caches=caches,
            need_weights=need_weights,
        )
        return hidden, maps

    def forward(
        self,
        tokens: Int[Tensor, "batch time"],
        mask: Bool[Tensor, "batch all_time"] | None = None,
        *,
        caches: Sequence[KeyValueCache] | None = None,
    ) -> Float[Tensor, "batch time n_tokens"]:
        """Return the logits of what follows each token; arguments are those of `encode`."""
        hidden, _ = self.encode(tokens, mask, caches=caches)
        return functional.linear(hidden, self.tokens.weight)

    def empty_caches(self) -> list[KeyValueCache]:
        """Return a cache for each layer, for a generation to begin with."""
        return self.encoder.empty_caches()
