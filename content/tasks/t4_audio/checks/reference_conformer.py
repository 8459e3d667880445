"""A Conformer in NumPy, by loops: one sequence at a time, from the formulas of the papers.

Weights are functions of a name: ``weight("linear.weight", (4, 3))``.
"""

import numpy as np
from scipy.special import expit, softmax


def within(weight, prefix):
    """Return the weights of a layer inside of another."""
    return lambda name, shape: weight(f"{prefix}.{name}", shape)


def linear(weight, x, n_outputs, *, bias=True):
    """Return x Wᵀ + b."""
    output = x @ weight("weight", (n_outputs, x.shape[-1])).T
    return output + weight("bias", (n_outputs,)) if bias else output


def layer_norm(weight, x):
    """Return each step with mean 0 and variance 1, scaled and moved."""
    centred = x - x.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
    size = x.shape[-1:]
    return scaled * weight("weight", size) + weight("bias", size)


def swish(x):
    return x * expit(x)


def feed_forward(weight, x, d_hidden):
    hidden = linear(within(weight, "1"), layer_norm(within(weight, "0"), x), d_hidden)
    return linear(within(weight, "4"), swish(hidden), x.shape[-1])


def sinusoid(distance, size):
    """Return the sinusoid of one distance, pair by pair."""
    vector = np.zeros(size)
    for pair in range(size // 2):
        angle = distance / 10_000 ** (2 * pair / size)
        vector[2 * pair : 2 * pair + 2] = np.sin(angle), np.cos(angle)
    return vector


def relative_heads(query, key, value, positions, content_bias, position_bias, seen):
    """Return outputs and maps of heads: [heads, q_len, d_head], [heads, q_len, k_len].

    positions: (d_model, d_model), the projection of sinusoids; seen: [q_len, k_len] of booleans
    """
    heads, q_len, d_head = query.shape
    k_len = key.shape[1]
    outputs, maps = np.zeros((heads, q_len, value.shape[2])), np.zeros((heads, q_len, k_len))
    for head in range(heads):
        mine = slice(head * d_head, (head + 1) * d_head)
        for i in range(q_len):
            scores = np.full(k_len, -np.inf)
            for j in np.flatnonzero(seen[i]):
                distance = i + k_len - q_len - j
                position = (positions @ sinusoid(distance, len(positions)))[mine]
                by_content = (query[head, i] + content_bias[head]) @ key[head, j]
                by_distance = (query[head, i] + position_bias[head]) @ position
                scores[j] = (by_content + by_distance) / np.sqrt(d_head)
            if seen[i].any():
                maps[head, i] = softmax(scores)
            outputs[head, i] = maps[head, i] @ value[head]
    return outputs, maps


def relative_attention(weight, x, n_heads, seen):
    """Return self-attention of steps [time, d_model] with relative positions."""
    time, d_model = x.shape

    def heads(name):
        split = linear(within(weight, name), x, d_model).reshape(time, n_heads, -1)
        return split.transpose(1, 0, 2)

    shape = n_heads, d_model // n_heads
    outputs, _ = relative_heads(
        heads("q_proj"),
        heads("k_proj"),
        heads("v_proj"),
        weight("position_proj.weight", (d_model, d_model)),
        weight("content_bias", shape),
        weight("position_bias", shape),
        seen,
    )
    joined = outputs.transpose(1, 0, 2).reshape(time, d_model)
    return linear(within(weight, "out_proj"), joined, d_model)


def depthwise(kernels, x, n_before, n_after):
    """Return out[t, f] = Σₖ kernels[f, k] · x[t - n_before + k, f], zeros beyond the ends."""
    padded = np.pad(x, ((n_before, n_after), (0, 0)))
    output = np.zeros_like(x)
    for time, feature in np.ndindex(x.shape):
        seen = padded[time : time + n_before + n_after + 1, feature]
        output[time, feature] = seen @ kernels[feature]
    return output


def convolution(weight, x, kernel_size, *, causal):
    """Return what the convolution module with a layer normalisation makes of steps [time, d]."""
    d_model = x.shape[1]
    gated = linear(within(weight, "gate"), x, 2 * d_model, bias=False)
    gated = gated[:, :d_model] * expit(gated[:, d_model:])
    before = kernel_size - 1 if causal else kernel_size // 2
    kernels = weight("depthwise.weight", (d_model, 1, kernel_size))[:, 0]
    mixed = depthwise(kernels, gated, before, 0 if causal else before)
    hidden = swish(layer_norm(within(weight, "norm"), mixed))
    return linear(within(weight, "linear"), hidden, d_model, bias=False)


def block(weight, x, n_heads, d_hidden, kernel_size, seen, *, causal=False):
    """Return what a block with a layer normalisation makes of steps [time, d_model]."""
    x = x + feed_forward(within(weight, "feed_forward1"), x, d_hidden) / 2
    normalised = layer_norm(within(weight, "attention_norm"), x)
    x = x + relative_attention(within(weight, "attention"), normalised, n_heads, seen)
    normalised = layer_norm(within(weight, "convolution_norm"), x)
    x = x + convolution(within(weight, "convolution"), normalised, kernel_size, causal=causal)
    x = x + feed_forward(within(weight, "feed_forward2"), x, d_hidden) / 2
    return layer_norm(within(weight, "norm"), x)
