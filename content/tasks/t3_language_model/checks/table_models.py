"""Small language models whose every number is known: a recurrence over a handful of tokens.

A row's state remembers the tokens before, so that a state given to another text shows.
"""

import numpy as np
import torch

EOS = 0


class Recurrence:
    """h' = tanh(A h + e(token)); logits = B h'. The state is a tuple of one tensor.

    `rows` holds how many texts each call was about.
    """

    def __init__(self, seed, n_tokens, eos_logit=0.0, size=4):
        rng = np.random.default_rng(seed)
        self.a, self.e, self.b = (
            torch.from_numpy(1.5 * rng.normal(size=shape))
            for shape in ((size, size), (n_tokens, size), (size, n_tokens))
        )
        self.eos_logit, self.rows = eos_logit, []

    def __call__(self, tokens, state):
        self.rows.append(len(tokens))
        hidden = torch.tanh(state[0] @ self.a + self.e[tokens])
        logits = hidden @ self.b
        logits[:, EOS] += self.eos_logit
        return logits, (hidden,)


def model_case(rng, n_tokens=6, n_texts=4, eos_logit=0.0):
    """Return a model, the token that each text starts with, and a state for each."""
    model = Recurrence(int(rng.integers(2**31)), n_tokens, eos_logit)
    start = torch.from_numpy(rng.integers(1, n_tokens, size=n_texts))
    return model, start, (torch.from_numpy(rng.normal(size=(n_texts, 4))),)


def alone(model, token, hidden):
    """Return the log-probabilities after a token and the next state, of one text, as arrays."""
    hidden = np.tanh(hidden @ model.a.numpy() + model.e.numpy()[token])
    logits = hidden @ model.b.numpy()
    logits[EOS] += model.eos_logit
    return logits - np.logaddexp.reduce(logits), hidden


def told(tokens, lengths):
    """Return texts as one string: the tokens of each, as many as its length says."""
    rows = zip(np.asarray(tokens).tolist(), np.asarray(lengths).tolist(), strict=True)
    return " | ".join(" ".join(map(str, row[:length])) for row, length in rows)
