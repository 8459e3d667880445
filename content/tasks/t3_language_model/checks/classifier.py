"""Checks of the classifier and of pooling.

The oracle: each text by itself, without a batch and without padding, through torch.nn.LSTM.
"""

import numpy as np
import torch

from praktikum.checks import between, check, close

from .recurrent_weights import drawn, with_weights


def steps_case(rng):
    """Return vectors of steps [time, batch, features] with large numbers as padding, and lengths."""
    lengths = rng.permutation([1, 3, 6, 4])
    steps = rng.normal(size=(6, 4, 3))
    steps[np.arange(6)[:, None] >= lengths] = 50
    return torch.from_numpy(steps), torch.from_numpy(lengths)


def texts_alone(rng):
    """Return the vectors of each text, without padding."""
    steps, lengths = (tensor.numpy() for tensor in steps_case(rng))
    return [steps[:length, text] for text, length in enumerate(lengths)]


@check(part="lstm", points="0.2")
def last_vectors(sub, rng):
    """
    ru: У каждого текста взят его собственный последний шаг, а не последний шаг батча.
    en: Of each text its own last step is taken, not the last step of the batch.
    hint ru: Номер последнего шага у каждого текста свой. Можно ли выбрать их все сразу, без цикла?
    hint en: Each text has another last step. Can all be picked at once, without a loop?
    """
    return {"vectors": sub.last_step(*steps_case(rng))}


@last_vectors.expects
def _(rng):
    return {"vectors": close(np.array([text[-1] for text in texts_alone(rng)]))}


@check(part="lstm", points="0.25")
def pooled_vectors(sub, rng):
    """
    ru: Среднее и максимум берутся по шагам текста, дополнение в них не участвует.
    en: The mean and the maximum are over the steps of a text; padding has no say in them.
    hint ru: На сколько делить сумму? Что больше максимума отрицательных чисел?
    hint en: What is a sum divided by? What exceeds the maximum of negative numbers?
    """
    steps, lengths = steps_case(rng)
    return {
        "means": sub.mean_over_steps(steps, lengths),
        "maxima": sub.max_over_steps(-steps.abs(), lengths),
    }


@pooled_vectors.expects
def _(rng):
    texts = texts_alone(rng)
    return {
        "means": close(np.array([np.average(text, axis=0) for text in texts])),
        "maxima": close(np.array([(-np.abs(text)).max(axis=0) for text in texts])),
    }


def classifier(sub, pooling="last", **settings):
    directions = 2 if settings.get("bidirectional") else 1
    return sub.RNNClassifier(
        torch.nn.Embedding(20, 5), torch.nn.LSTM(5, 4, **settings), 4 * directions, 3, pooling
    )


def tokens_case(rng):
    """Return tokens [time, batch] padded with 0, their lengths, and a seed for weights."""
    lengths = rng.permutation([2, 7, 5])
    tokens = rng.integers(1, 20, size=(7, 3))
    tokens[np.arange(7)[:, None] >= lengths] = 0
    return torch.from_numpy(tokens), torch.from_numpy(lengths), int(rng.integers(2**31))


@check(part="lstm", points="0.35", needs=["last_vectors", "pooled_vectors"])
def classifier_logits(sub, rng):
    """
    ru: Логиты текста не зависят от того, с кем он в батче и насколько дополнен.
    en: The logits of a text don't depend on its neighbours in the batch or on padding.
    hint ru: Словам — векторы, их читает слой, выходы сжимаются в один вектор, по нему — логиты.
    hint en: Words get vectors, the layer reads them, outputs are pooled into one, it gives logits.
    """
    tokens, lengths, seed = tokens_case(rng)
    kinds = {
        "last": {},
        "mean": {"pooling": "mean"},
        "two layers": {"num_layers": 2},
        "both directions": {"bidirectional": True},
    }
    observed = {}
    for kind, settings in kinds.items():
        model = with_weights(classifier(sub, **settings), seed)
        observed[kind] = model(tokens, lengths).detach()
    return observed


@classifier_logits.expects
def _(rng):
    tokens, lengths, seed = tokens_case(rng)

    def logits(pool, **settings):
        layer = with_weights(torch.nn.LSTM(5, 4, **settings), seed)
        n_features = 8 if settings.get("bidirectional") else 4
        vectors = torch.from_numpy(drawn(seed, "weight", (20, 5)))
        rows = []
        for text, length in zip(tokens.T, lengths, strict=True):
            with torch.no_grad():
                output, (h, _) = layer(vectors[text[:length]])
            rows.append(pool(output.numpy(), h.numpy()))
        head = drawn(seed, "weight", (3, n_features))
        return close(np.array(rows) @ head.T + drawn(seed, "bias", (3,)))

    return {
        "last": logits(lambda _, h: h[0]),
        "mean": logits(lambda output, _: output.mean(axis=0)),
        "two layers": logits(lambda _, h: h[1], num_layers=2),
        "both directions": logits(lambda _, h: np.concatenate(list(h)), bidirectional=True),
    }


@check(part="lstm", points="0.2", needs=["classifier_logits"])
def classifier_learns(sub, rng):
    """
    ru: Классификатор учится: порядок двух слов в тексте он различает через сорок шагов.
    en: The classifier learns: in forty steps it tells which of two words of a text comes first.
    hint ru: До всех ли параметров доходит градиент?
    hint en: Does the gradient reach all parameters?
    """
    tokens = torch.from_numpy(rng.integers(3, 20, size=(5, 64)))
    first = torch.arange(64) % 2
    tokens[1], tokens[3] = 1 + first, 2 - first
    torch.manual_seed(int(rng.integers(2**31)))
    model = sub.RNNClassifier(torch.nn.Embedding(20, 8), torch.nn.LSTM(8, 16), 16, 2)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(40):
        optimiser.zero_grad()
        logits = model(tokens, torch.full((64,), 5))
        loss = torch.nn.functional.cross_entropy(logits, first)
        loss.backward()
        optimiser.step()
    idle = sum(parameter.grad is None for parameter in model.parameters())
    return {"loss": loss.detach(), "parameters without a gradient": idle}


@classifier_learns.expects
def _(rng):
    del rng
    return {"loss": between(0, 0.2), "parameters without a gradient": close(0)}
