"""Reference solutions of the exercises of seminar 6.

Each function is a hole: the student sees its signature and docstring. Layouts are torch's: steps
first, then the batch; gates of the LSTM one under another in the order i f g o, of the GRU r z n.
"""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

__all__ = [
    "clip_by_norm",
    "gru_step",
    "lstm_step",
    "pack",
    "reverse_sequences",
    "rnn_backward",
    "run_in_chunks",
]


def rnn_backward(
    grad_hiddens: Float[np.ndarray, "time batch hidden"],
    input: Float[np.ndarray, "time batch features"],
    start: Float[np.ndarray, "batch hidden"],
    hiddens: Float[np.ndarray, "time batch hidden"],
    weight_ih: Float[np.ndarray, "hidden features"],
    weight_hh: Float[np.ndarray, "hidden hidden"],
) -> dict[str, np.ndarray]:
    """Return the gradients of a loss by all that a plain recurrent network was given.

    The network is ``h[t] = tanh(W_ih x[t] + W_hh h[t-1] + b)`` with ``h[-1] = start``; ``hiddens``
    are its states h[0], h[1], …. ``grad_hiddens[t]`` is the gradient of the loss by h[t] as far as
    the loss looks at h[t] itself: what comes to it through later steps must be added.

    The result has the keys "input", "start", "weight_ih", "weight_hh" and "bias", each of the
    shape of what it is the gradient by. A loop over steps is fine.
    """
    old = np.concatenate((start[None], hiddens[:-1]))
    grad_sums = np.empty_like(hiddens)
    from_later = np.zeros_like(start)
    for t in reversed(range(len(input))):
        grad_sums[t] = (grad_hiddens[t] + from_later) * (1 - hiddens[t] ** 2)
        from_later = grad_sums[t] @ weight_hh
    return {
        "input": grad_sums @ weight_ih,
        "start": from_later,
        "weight_ih": np.einsum("tbh,tbf->hf", grad_sums, input),
        "weight_hh": np.einsum("tbh,tbk->hk", grad_sums, old),
        "bias": grad_sums.sum(axis=(0, 1)),
    }


def lstm_step(
    x: Float[Tensor, "batch features"],
    hidden: Float[Tensor, "batch hidden"],
    cell: Float[Tensor, "batch hidden"],
    weight_ih: Float[Tensor, "4*hidden features"],
    weight_hh: Float[Tensor, "4*hidden hidden"],
    bias: Float[Tensor, " 4*hidden"],
) -> tuple[Float[Tensor, "batch hidden"], Float[Tensor, "batch hidden"]]:
    """Return the next hidden state and the next cell of a LSTM.

    ``c' = f ∘ c + i ∘ g`` and ``h' = o ∘ tanh(c')``. The rows of the weights lie in four blocks:
    of the gates i, f, g, o in this order; i, f and o pass through a sigmoid, g through a tanh.
    Gradients flow through; nothing of ``torch.nn`` is needed.
    """
    sums = x @ weight_ih.T + hidden @ weight_hh.T + bias
    i, f, g, o = sums.chunk(4, dim=1)
    cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
    return o.sigmoid() * cell.tanh(), cell


def gru_step(
    x: Float[Tensor, "batch features"],
    hidden: Float[Tensor, "batch hidden"],
    weight_ih: Float[Tensor, "3*hidden features"],
    weight_hh: Float[Tensor, "3*hidden hidden"],
    bias_ih: Float[Tensor, " 3*hidden"],
    bias_hh: Float[Tensor, " 3*hidden"],
) -> Float[Tensor, "batch hidden"]:
    """Return the next hidden state of a GRU, as torch defines it.

    ``h' = (1 - z) ∘ n + z ∘ h``, where r and z are sigmoids of their sums and
    ``n = tanh(W_in x + b_in + r ∘ (W_hn h + b_hn))``: the gate r multiplies what comes from the
    state, its bias included. The rows of the weights lie in three blocks: r, z, n.
    """
    input_r, input_z, input_n = (x @ weight_ih.T + bias_ih).chunk(3, dim=1)
    hidden_r, hidden_z, hidden_n = (hidden @ weight_hh.T + bias_hh).chunk(3, dim=1)
    r, z = (input_r + hidden_r).sigmoid(), (input_z + hidden_z).sigmoid()
    n = (input_n + r * hidden_n).tanh()
    return (1 - z) * n + z * hidden


def clip_by_norm(
    grads: list[Float[np.ndarray, "..."]], max_norm: float
) -> tuple[list[Float[np.ndarray, "..."]], float]:
    """Return the gradients, shortened together to the norm ``max_norm``, and their norm before.

    The norm is that of one long vector made of all numbers of all arrays. Gradients that are no
    longer than ``max_norm`` come back as they were; zeros too, without a warning. The arrays given
    are not changed.
    """
    norm = float(np.sqrt(sum((grad**2).sum() for grad in grads)))
    scale = max_norm / norm if norm > max_norm else 1.0
    return [grad * scale for grad in grads], norm


def run_in_chunks(
    layer: Callable[..., tuple[Tensor, tuple[Tensor, Tensor]]],
    input: Float[Tensor, "time batch features"],
    chunk: int,
) -> Float[Tensor, "time batch hidden"]:
    """Return the outputs of a LSTM ``layer`` over the whole input, for truncated BPTT.

    The layer is called as ``output, (h, c) = layer(part, (h, c))`` on parts of ``chunk`` steps, one
    after another; the last part may be shorter. The first call gets no state (or None), each next
    one the state that the call before left: the values are those of one long run. But gradients
    stop where parts meet: the loss on one part teaches nothing to the steps before it.
    """
    outputs, state = [], None
    for part in input.split(chunk):
        output, state = layer(part, state)
        state = tuple(tensor.detach() for tensor in state)
        outputs.append(output)
    return torch.cat(outputs)


def pack(
    padded: Float[Tensor, "time batch features"], lengths: Int[Tensor, " batch"]
) -> tuple[Float[Tensor, "steps features"], Int[Tensor, " longest"]]:
    """Return the data and the batch sizes of a PackedSequence.

    ``lengths`` don't grow from left to right: the longest sequence comes first, and none is empty.
    The data are the rows that belong to sequences, without padding: all first steps, then all
    second steps, and so on, within a step in the order of the batch. Batch size number t says how
    many sequences have a step t; there are as many batch sizes as the longest sequence has steps
    (``padded`` may have more). Gradients flow to ``padded``.
    """
    alive = torch.arange(int(lengths.max()))[:, None] < lengths  # (longest, batch)
    return padded[: len(alive)][alive], alive.sum(dim=1)


def reverse_sequences(
    padded: Float[Tensor, "time batch features"], lengths: Int[Tensor, " batch"]
) -> Float[Tensor, "time batch features"]:
    """Return each sequence from its last step to its first; padding stays where it is.

    Sequence number b takes steps 0 … lengths[b] - 1. That's what a backward layer reads, and how
    its output is turned back: applied twice, the function returns what was given. Gradients flow
    through.
    """
    time = torch.arange(len(padded))[:, None]  # (time, 1)
    source = torch.where(time < lengths, lengths - 1 - time, time)  # (time, batch)
    return padded.gather(0, source[:, :, None].expand_as(padded))
