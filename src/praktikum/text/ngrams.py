"""N-gram language models: what is counted, and what any such model can be asked.

    words = Vocabulary.build(texts, min_freq=2)
    model = KneserNey(NgramCounts(texts, words, order=3))
    model.perplexity(other_texts)

A text is a row of tokens without marks; it is read as `<sos> a b c <eos>`. `<eos>` is predicted as
any token is, `<sos>` only stands in contexts, and those at the beginning of a text are shorter.
Tokens that the vocabulary does not hold are `<unk>`, also when perplexity is measured: two models
may be compared over one vocabulary only.

Source: Jurafsky, Martin, "Speech and language processing", chapter 3; Chen, Goodman, 1999, "An
empirical study of smoothing techniques for language modeling", whose names are used.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from jaxtyping import Float

from .errors import SettingError, ShapeError
from .vocabulary import EOS, PAD, SOS, Vocabulary

__all__ = ["AddAlpha", "Context", "NgramCounts", "NgramModel"]

Context = tuple[str, ...]
"""The tokens before the one that is asked for, from the left to the right."""


class NgramCounts:
    """How often each token follows each context of 0 to `order` - 1 tokens.

    Args:
        texts: each a row of tokens, without marks.
        vocabulary: what may come.
        order: length of the longest n-grams; 1 counts single tokens.
    """

    def __init__(
        self, texts: Iterable[Sequence[str]], vocabulary: Vocabulary, order: int = 3
    ) -> None:
        if order < 1:
            raise SettingError(f"order must be at least 1, got {order}")
        if SOS not in vocabulary or EOS not in vocabulary:
            raise SettingError(
                f"the vocabulary must hold {SOS} and {EOS}; add them to its specials"
            )
        self.vocabulary, self.order = vocabulary, order
        self.tokens = tuple(token for token in vocabulary if token not in (PAD, SOS))
        self._counts: dict[Context, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for context, token in self.positions(text):
                for start in range(len(context) + 1):
                    self._counts[context[start:]][token] += 1
        self._totals = {context: sum(after.values()) for context, after in self._counts.items()}

    def positions(self, text: Sequence[str]) -> Iterator[tuple[Context, str]]:
        """Yield each token of a text and of its end, after the longest context that is counted."""
        marked = (SOS, *self.known(text), EOS)
        for place in range(1, len(marked)):
            yield marked[max(0, place - self.order + 1) : place], marked[place]

    def known(self, tokens: Iterable[str]) -> Context:
        """Return the tokens, those that are not in the vocabulary as its `unk`."""
        return tuple(self.vocabulary.tokens[self.vocabulary[token]] for token in tokens)

    def cut(self, context: Sequence[str]) -> Context:
        """Return the end of a context that the model of this order looks at, `known`."""
        return self.known(context[max(0, len(context) - self.order + 1) :])

    def after(self, context: Context) -> Mapping[str, int]:
        """Return how often each token came after a context; nothing if it never came."""
        return self._counts.get(context, {})

    def total(self, context: Context) -> int:
        """Return how often a context came before a token."""
        return self._totals.get(context, 0)

    def contexts(self, length: int) -> Iterator[tuple[Context, Mapping[str, int]]]:
        """Yield the contexts of so many tokens that came, and what came after them."""
        return ((c, after) for c, after in self._counts.items() if len(c) == length)


class NgramModel(ABC):
    """Probabilities of a token after a context, out of counts."""

    def __init__(self, counts: NgramCounts) -> None:
        self.counts = counts

    @abstractmethod
    def _probability(self, token: str, context: Context) -> float:
        """Return the probability; token and context are known, the context is cut."""

    def probability(self, token: str, context: Sequence[str] = ()) -> float:
        """Return the probability of a token after a context.

        Of a long context only the last tokens count; a short one is answered by a lower order.
        Raises SettingError for a token that only stands in contexts.
        """
        if token in (PAD, SOS):
            raise SettingError(f"{token} is never predicted")
        (known,) = self.counts.known([token])
        return self._probability(known, self.counts.cut(context))

    def distribution(self, context: Sequence[str] = ()) -> Float[np.ndarray, " tokens"]:
        """Return the probabilities of all of `counts.tokens` after a context; their sum is 1."""
        cut = self.counts.cut(context)
        return np.array([self._probability(token, cut) for token in self.counts.tokens])

    def log_probability(self, text: Sequence[str]) -> float:
        """Return the logarithm (nats) of the probability of a text and its end."""
        return sum(
            math.log(p) if (p := self._probability(token, context)) > 0 else -math.inf
            for context, token in self.counts.positions(text)
        )

    def perplexity(self, texts: Iterable[Sequence[str]]) -> float:
        """Return exp(-mean log-probability) over all tokens of the texts and their ends.

        Raises ShapeError if there is no text.
        """
        total, n_tokens = 0.0, 0
        for text in texts:
            total += self.log_probability(text)
            n_tokens += len(text) + 1
        if not n_tokens:
            raise ShapeError("there is no perplexity of no texts")
        return math.exp(-total / n_tokens)


class AddAlpha(NgramModel):
    """Counts with `alpha` added to each: (c(h w) + α) / (c(h) + α V).

    With `alpha` 1 it is Laplace's rule, with 0 maximum likelihood: unseen tokens are impossible,
    and after a context that never came all tokens are alike.
    """

    def __init__(self, counts: NgramCounts, alpha: float = 1.0) -> None:
        super().__init__(counts)
        if alpha < 0:
            raise SettingError(f"alpha must be at least 0, got {alpha}")
        self.alpha = alpha

    def _probability(self, token: str, context: Context) -> float:
        n_tokens = len(self.counts.tokens)
        total = self.counts.total(context) + self.alpha * n_tokens
        count = self.counts.after(context).get(token, 0)
        return (count + self.alpha) / total if total else 1 / n_tokens
