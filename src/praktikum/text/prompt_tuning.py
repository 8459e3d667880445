"""Prompt tuning: a frozen network reads vectors before the text, and only they are trained.

Lester et al., 2021, "The power of scale for parameter-efficient prompt tuning". The vectors are
tokens more in the table of embeddings, with numbers from the size of the vocabulary on: so masks,
positions and lengths take them as they take words. They begin as vectors of words that are drawn
at random, section 3.2. Left out: prefixes in every layer.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from .errors import SettingError
from .named_layers import put_layer

__all__ = ["PromptedEmbedding", "add_prompt", "prepend_prompt"]


class PromptedEmbedding(nn.Embedding):
    """A frozen table of word vectors, and the trained vectors of a prompt behind it.

    Args:
        words: the table whose weights it goes on with.
        n_prompt: vectors in the prompt.
        generator: where it is drawn which words they begin as; None is torch's own.
    """

    def __init__(
        self, words: nn.Embedding, n_prompt: int, generator: torch.Generator | None = None
    ) -> None:
        nn.Module.__init__(self)  # not nn.Embedding's: it would draw vectors of its own
        if n_prompt < 1:
            raise SettingError(f"n_prompt={n_prompt} must be at least 1")
        if words.max_norm is not None or words.sparse:
            raise SettingError("a prompt wants a table without max_norm and sparse gradients")
        self.num_embeddings, self.embedding_dim = words.weight.shape
        self.padding_idx = words.padding_idx
        self.weight = words.weight.requires_grad_(False)
        drawn = torch.randint(self.num_embeddings, (n_prompt,), generator=generator)
        self.prompt = nn.Parameter(words.weight.detach()[drawn.to(words.weight.device)].clone())

    def forward(self, input: Int[Tensor, "*shape"]) -> Float[Tensor, "*shape features"]:
        """Return the vectors of words, and of numbers from the vocabulary's size on, the prompt's.

        The table is not joined to the prompt: that would copy it at every step.
        """
        place = input - self.num_embeddings
        words = functional.embedding(input.clamp(max=self.num_embeddings - 1), self.weight)
        prompt = functional.embedding(place.clamp(min=0), self.prompt)
        return torch.where((place >= 0).unsqueeze(-1), prompt, words)

    def extra_repr(self) -> str:
        """Return the sizes."""
        return f"{self.num_embeddings}, {self.embedding_dim}, n_prompt={len(self.prompt)}"


def add_prompt(
    model: nn.Module, name: str, n_prompt: int, generator: torch.Generator | None = None
) -> PromptedEmbedding:
    """Put a `PromptedEmbedding` in the place of the word embedding of this whole name; return it.

    Only the embedding is frozen: see `trained_parameters.train_only` for the rest.

    Raises SettingError: there is no embedding of this name.
    """
    embedding = dict(model.named_modules()).get(name)
    if type(embedding) is not nn.Embedding:
        known = [n for n, module in model.named_modules() if type(module) is nn.Embedding]
        raise SettingError(f"no embedding is named {name!r}; there are: {', '.join(known)}")
    prompted = PromptedEmbedding(embedding, n_prompt, generator)
    put_layer(model, name, prompted)
    return prompted


def prepend_prompt(
    tokens: Int[Tensor, "batch time"], embedding: PromptedEmbedding
) -> Int[Tensor, "batch longer"]:
    """Return the texts with the prompt's numbers before them."""
    first = embedding.num_embeddings
    numbers = torch.arange(first, first + len(embedding.prompt), device=tokens.device)
    return torch.cat((numbers.expand(len(tokens), -1), tokens), dim=1)
