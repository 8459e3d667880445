"""Checks of the exercises of seminar 8; every oracle goes another way than the solution does."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from praktikum.checks import Expectation, check, close, equal


def tensor(rng: np.random.Generator, *shape: int) -> Tensor:
    """Normal numbers in float64."""
    return torch.from_numpy(rng.normal(size=shape))


def masked_rows(rng: np.random.Generator, *shape: int) -> Tensor:
    """A boolean mask with a True in each row."""
    mask = rng.random(shape) < 0.5
    np.put_along_axis(mask, rng.integers(shape[-1], size=(*shape[:-1], 1)), True, axis=-1)
    return torch.from_numpy(mask)


def softmax(scores: np.ndarray) -> np.ndarray:
    """The softmax of a row."""
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def translation_case(rng: np.random.Generator) -> list[Tensor]:
    """What `additive_attention` is given: 3 sequences, sizes that all differ."""
    shapes = {"query": (3, 4), "keys": (3, 6, 5), "w": (7, 4), "u": (7, 5), "v": (7,)}
    query, keys, *weights = (2 * tensor(rng, *shape) for shape in shapes.values())
    return [query, keys, masked_rows(rng, 3, 6), *weights]


@check(part="additive")
def additive_attention(sub, rng):
    """
    ru: Веса и взвешенная сумма верны, замаскированные ключи не участвуют.
    en: The weights and the weighted sum are right, and masked keys take no part.
    hint ru: Маска нужна до softmax: после него сумма весов уже не единица.
    hint en: The mask belongs before the softmax: after it weights no longer sum to one.
    """
    context, weights = sub.additive_attention(*translation_case(rng))
    return {"context": context.numpy(), "weights": weights.numpy()}


@additive_attention.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # key by key, and only those that are seen
    query, keys, mask, w, u, v = (part.numpy() for part in translation_case(rng))
    weights, context = np.zeros(mask.shape), np.zeros((len(keys), keys.shape[2]))
    for row, seen in enumerate(mask):
        scores = [v @ np.tanh(w @ query[row] + u @ key) for key in keys[row, seen]]
        weights[row, seen] = softmax(np.array(scores))
        for weight, key in zip(weights[row], keys[row], strict=True):
            context[row] += weight * key
    return {"context": close(context), "weights": close(weights)}


def heads_case(rng: np.random.Generator) -> list[Tensor]:
    """Queries, keys and values of two heads, different numbers of each, and scores of some size."""
    shapes = ((2, 2, 5, 4), (2, 2, 6, 4), (2, 2, 6, 3))
    return [2 * tensor(rng, *shape) for shape in shapes]


@check(part="scaled")
def scaled_attention(sub, rng):
    """
    ru: Выход верен при маске, общей для голов, и при своей у каждой.
    en: The output is right with a mask common to the heads, and with one for each.
    hint ru: Softmax берётся по ключам, то есть по последней оси.
    hint en: The softmax is over keys, that is the last axis.
    """
    given = heads_case(rng)
    masks = {"common": masked_rows(rng, 2, 1, 5, 6), "own": masked_rows(rng, 2, 2, 5, 6)}
    outputs = {name: sub.scaled_attention(*given, mask) for name, mask in masks.items()}
    return {name: output.numpy() for name, output in outputs.items()}


@scaled_attention.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    given = heads_case(rng)
    masks = {"common": masked_rows(rng, 2, 1, 5, 6), "own": masked_rows(rng, 2, 2, 5, 6)}
    outputs = {
        name: functional.scaled_dot_product_attention(*given, mask) for name, mask in masks.items()
    }
    return {name: close(output.numpy()) for name, output in outputs.items()}


def blind_case(rng: np.random.Generator) -> tuple[list[Tensor], Tensor]:
    """Heads and a mask with two queries that see nothing."""
    mask = masked_rows(rng, 2, 1, 5, 6)
    mask[0, 0, 1] = mask[1, 0, 4] = False
    return heads_case(rng), mask


@check(part="scaled")
def attention_to_nothing(sub, rng):
    """
    ru: Запрос, которому не на что смотреть, получает нули, а градиенты остаются конечными.
    en: A query with nothing to look at gets zeros, and gradients stay finite.
    hint ru: Убрать NaN с выхода мало: в обратном проходе он вернётся. Пусть его не будет вовсе.
    hint en: Wiping NaN off the output isn't enough: it comes back in the backward pass. Let there be none.
    """
    given, mask = blind_case(rng)
    leaves = [leaf.requires_grad_() for leaf in given]
    output = sub.scaled_attention(*leaves, mask)
    grads = torch.autograd.grad((output**2).sum(), leaves)
    names = ("query", "key", "value")
    finite = {f"finite_{n}": bool(g.isfinite().all()) for n, g in zip(names, grads, strict=True)}
    blind = [output[0, :, 1], output[1, :, 4]]
    return finite | {"blind": torch.stack(blind).detach().numpy()}


@attention_to_nothing.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    blind_case(rng)
    finite = {f"finite_{name}": equal(True) for name in ("query", "key", "value")}
    return finite | {"blind": equal(np.zeros((2, 2, 3)))}


def projections_case(rng: np.random.Generator) -> list[Tensor]:
    """Queries, a memory, and the four matrices of 12 × 12."""
    given = [tensor(rng, 2, 5, 12), tensor(rng, 2, 7, 12)]
    return given + [tensor(rng, 12, 12) / 2 for _ in range(4)]


@check(part="heads")
def multi_head_attention(sub, rng):
    """
    ru: Выход тот же, что у nn.MultiheadAttention, с тремя головами и с одной.
    en: The output is that of nn.MultiheadAttention, with three heads and with one.
    hint ru: Сначала разрезать d_model на (головы, d_head), и лишь потом переставить оси.
    hint en: First cut d_model into (heads, d_head), and only then move the axes.
    """
    given = projections_case(rng)
    return {f"{n}_heads": sub.multi_head_attention(*given, n).numpy() for n in (3, 1)}


@multi_head_attention.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    query, memory, *projections, out = projections_case(rng)
    weights = {"in_proj_weight": torch.cat(projections), "out_proj.weight": out}
    expected: dict[str, Expectation] = {}
    for n_heads in (3, 1):
        layer = nn.MultiheadAttention(12, n_heads, bias=False, batch_first=True).double()
        given = (query, memory, memory)
        output, _ = torch.func.functional_call(layer, weights, given, {"need_weights": False})
        expected[f"{n_heads}_heads"] = close(output.detach().numpy())
    return expected


def lengths_case(rng: np.random.Generator) -> list[tuple[Tensor, int, int]]:
    """All steps at once, the last two of them, and the last alone; a sequence of one step."""
    lengths = torch.from_numpy(rng.integers(2, 6, size=4))
    lengths[int(rng.integers(4))] = 1
    return [(lengths, 6, 6), (lengths, 2, 6), (lengths, 1, 5)]


@check(part="mask")
def decoder_mask(sub, rng):
    """
    ru: Маски верны для всех шагов сразу и для последних после кеша.
    en: The masks are right for all steps at once and for the last ones after a cache.
    hint ru: Первый из запросов — это шаг k_len − q_len, а не нулевой.
    hint en: The first of the queries is the step k_len − q_len, not step 0.
    """
    masks = [sub.decoder_mask(*case) for case in lengths_case(rng)]
    return {f"case_{number}": mask.numpy() for number, mask in enumerate(masks)}


@decoder_mask.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # each query is asked about each key
    expected: dict[str, Expectation] = {}
    for number, (lengths, q_len, k_len) in enumerate(lengths_case(rng)):
        mask = np.zeros((len(lengths), 1, q_len, k_len), dtype=bool)
        for row, _, query, key in np.ndindex(mask.shape):
            mask[row, 0, query, key] = key < lengths[row] and key + q_len <= query + k_len
        expected[f"case_{number}"] = equal(mask)
    return expected


@check(part="sinusoids")
def sinusoidal_positions(sub, rng):
    """
    ru: Синусы и косинусы на своих местах, и углы у пары общие.
    en: Sines and cosines are in their places, and a pair has one angle.
    hint ru: Числа 2i и 2i + 1 — синус и косинус одного и того же угла.
    hint en: The numbers 2i and 2i + 1 are the sine and the cosine of one angle.
    """
    time = int(rng.integers(5, 30))
    sizes = {"small": 4, "large": 10}
    return {name: sub.sinusoidal_positions(time, size).numpy() for name, size in sizes.items()}


@sinusoidal_positions.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # a step more is a turn more: complex numbers are multiplied along time
    time = int(rng.integers(5, 30))
    expected: dict[str, Expectation] = {}
    for name, size in {"small": 4, "large": 10}.items():
        turns = np.exp(1j * 10_000.0 ** (-np.arange(size // 2) * 2 / size))
        points = np.cumprod(np.broadcast_to(turns, (time, len(turns))), axis=0) / turns
        table = np.empty((time, size))
        table[:, ::2], table[:, 1::2] = points.imag, points.real
        expected[name] = close(table)
    return expected


@check(part="rotary")
def rotate(sub, rng):
    """
    ru: Пары повёрнуты на углы своих шагов, с какого бы шага ни начать.
    en: The pairs are turned by the angles of their steps, wherever one begins.
    hint ru: Пары — соседние числа; углы зависят от start + t.
    hint en: Pairs are neighbouring numbers; the angles depend on start + t.
    """
    x, start = tensor(rng, 2, 3, 5, 8), int(rng.integers(10, 50))
    turned = {"from_0": sub.rotate(x), "from_start": sub.rotate(x, start)}
    return {name: part.numpy() for name, part in turned.items()}


@rotate.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # a pair is a complex number, and to turn it is to multiply it
    x, start = tensor(rng, 2, 3, 5, 8), int(rng.integers(10, 50))
    points = torch.view_as_complex(x.unflatten(3, (4, 2))).numpy()
    slow = 10_000.0 ** (-np.arange(4) / 4)
    expected: dict[str, Expectation] = {}
    for name, first in (("from_0", 0), ("from_start", start)):
        turned = points * np.exp(1j * np.outer(np.arange(first, first + 5), slow))
        expected[name] = close(turned.view(float))
    return expected


def layer_case(rng: np.random.Generator) -> tuple[Tensor, dict[str, Tensor]]:
    """An input, and the weights of a layer of torch; normalisations scale and shift."""
    names = nn.TransformerEncoderLayer(8, 2, 12, dropout=0.0).state_dict()
    return 3 * tensor(rng, 2, 5, 8), {
        name: tensor(rng, *value.shape) / 2 for name, value in names.items()
    }


def torchs_layer(weights: dict[str, Tensor], norm_first: bool) -> nn.TransformerEncoderLayer:
    layer = nn.TransformerEncoderLayer(
        8, 2, 12, dropout=0.0, batch_first=True, norm_first=norm_first
    ).double()
    layer.load_state_dict(weights)
    return layer


@check(part="layer")
def transformer_layer(sub, rng):
    """
    ru: Выход тот же, что у nn.TransformerEncoderLayer, в обоих порядках.
    en: The output is that of nn.TransformerEncoderLayer, in both orders.
    hint ru: При norm_first в обход идёт ненормированный x.
    hint en: With norm_first the x that goes around is not normalised.
    """
    x, weights = layer_case(rng)
    blocks = torchs_layer(weights, False)

    def attend(x: Tensor) -> Tensor:
        return blocks.self_attn(x, x, x, need_weights=False)[0]

    def feed_forward(x: Tensor) -> Tensor:
        return blocks.linear2(blocks.linear1(x).relu())

    parts = (attend, feed_forward, blocks.norm1, blocks.norm2)
    outputs = {
        name: sub.transformer_layer(x.clone(), *parts, norm_first)
        for name, norm_first in (("post_norm", False), ("pre_norm", True))
    }
    return {name: output.detach().numpy() for name, output in outputs.items()}


@transformer_layer.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    x, weights = layer_case(rng)
    post, pre = (torchs_layer(weights, norm_first)(x).detach() for norm_first in (False, True))
    return {"post_norm": close(post.numpy()), "pre_norm": close(pre.numpy())}


def steps_case(rng: np.random.Generator) -> tuple[Tensor, list[Tensor]]:
    """Six steps of three sequences, and three matrices."""
    return tensor(rng, 3, 6, 4), [tensor(rng, 4, 4) for _ in range(3)]


@check(part="cache")
def cached_step(sub, rng):
    """
    ru: По шагам выходит то же, что за один проход с причинной маской; в кеше все ключи и значения.
    en: Step by step gives what one pass with a causal mask does; all keys and values are cached.
    hint ru: Новый шаг видит и себя: сначала дополните кеш, потом смотрите.
    hint en: The new step sees itself too: first add to the cache, then look.
    """
    x, weights = steps_case(rng)
    outputs, caches = [], [None]
    for step in x.unbind(1):
        output, cache = sub.cached_step(step, caches[-1], *weights)
        outputs.append(output)
        caches.append(cache)
    lengths = [cache[0].shape[1] for cache in caches[1:]]  # of old ones, after all calls
    named = {"outputs": torch.stack(outputs, dim=1), "keys": cache[0], "values": cache[1]}
    return {name: part.numpy() for name, part in named.items()} | {"lengths": np.array(lengths)}


@cached_step.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    x, weights = steps_case(rng)
    query, keys, values = (functional.linear(x, weight) for weight in weights)
    outputs = functional.scaled_dot_product_attention(query, keys, values, is_causal=True)
    named = {"outputs": outputs, "keys": keys, "values": values}
    expected: dict[str, Expectation] = {name: close(part.numpy()) for name, part in named.items()}
    return expected | {"lengths": equal(np.arange(1, 7))}


def logits_case(rng: np.random.Generator) -> dict[str, tuple[Tensor, Tensor, float]]:
    """Ordinary logits with padding and without smoothing, and logits of ±1000."""
    logits, target = tensor(rng, 3, 5, 7), torch.from_numpy(rng.integers(1, 7, size=(3, 5)))
    target[0, 3:] = target[2, 1:] = 0
    return {
        "smoothed": (logits, target, float(rng.uniform(0.1, 0.3))),
        "plain": (logits, target, 0.0),
        "extreme": (1000 * logits.sign(), target, 0.1),
    }


@check(part="smoothing")
def smoothed_cross_entropy(sub, rng):
    """
    ru: Потеря и её градиент верны, набивка не считается, большие логиты не страшны.
    en: The loss and its gradient are right, padding doesn't count, large logits do no harm.
    hint ru: Делить надо на число настоящих слов; log_softmax не переполняется.
    hint en: Divide by the number of real words; log_softmax doesn't overflow.
    """
    observed = {}
    for name, (logits, target, smoothing) in logits_case(rng).items():
        leaf = logits.clone().requires_grad_()
        loss = sub.smoothed_cross_entropy(leaf, target, smoothing, 0)
        (grad,) = torch.autograd.grad(loss, leaf)
        observed |= {name: loss.detach().numpy(), f"{name}_gradient": grad.numpy()}
    return observed


@smoothed_cross_entropy.expects
def _(rng: np.random.Generator) -> dict[str, Expectation]:
    # the gradient in closed form: (softmax - smoothed label) / tokens
    expected: dict[str, Expectation] = {}
    for name, (logits, target, smoothing) in logits_case(rng).items():
        loss = functional.cross_entropy(
            logits.flatten(0, 1), target.flatten(), ignore_index=0, label_smoothing=smoothing
        )
        label = np.full(logits.shape, smoothing / logits.shape[2])
        for row, step in np.ndindex(target.shape):
            label[row, step, target[row, step]] += 1 - smoothing
        real = (target.numpy() != 0)[:, :, None]
        grad = (logits.softmax(dim=2).numpy() - label) * real / real.sum()
        expected |= {name: close(loss.numpy()), f"{name}_gradient": close(grad, atol=1e-12)}
    return expected
