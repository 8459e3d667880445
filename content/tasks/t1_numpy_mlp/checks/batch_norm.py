"""Checks of BatchNorm, in training and in evaluation.

The oracles: its formula by einsum, finite differences of that, NumPy's covariances.
"""

import numpy as np

from praktikum.checks import check, close

from .finite_differences import finite_differences


def batch_norm_case(rng):
    """Return gamma, beta, two batches of 6 by 3, and gradients by the outputs."""
    gamma, beta = rng.uniform(0.5, 2, size=3), rng.normal(size=3)
    batches = rng.normal(rng.normal(size=3), rng.uniform(0.5, 3, size=3), size=(2, 6, 3))
    return gamma, beta, batches, rng.normal(size=(6, 3))


def batch_norm_layer(sub, gamma, beta, **settings):
    layer = sub.BatchNorm(3, **settings)
    layer.gamma[...], layer.beta[...] = gamma, beta
    return layer


def normalised(batch, gamma, beta, eps):
    """Return BatchNorm of a batch in training, computed on sums of powers."""
    mean = np.einsum("bf->f", batch) / len(batch)
    variance = np.einsum("bf,bf->f", batch - mean, batch - mean) / len(batch)
    return gamma * (batch - mean) * (variance + eps) ** -0.5 + beta


@check(part="bonus_batchnorm", points="0.25")
def batch_norm_forward(sub, rng):
    """
    ru: В обучении каждый признак нормирован по своему батчу, затем растянут и сдвинут.
    en: In training each feature is normalised over its batch, then stretched and shifted.
    hint ru: Дисперсия, на которую нормируют, делится на n. Где стоит eps: под корнем или снаружи?
    hint en: The variance that normalises is over n. Where is eps: under the root or outside?
    """
    gamma, beta, (batch, _), _ = batch_norm_case(rng)
    return {"output": batch_norm_layer(sub, gamma, beta, eps=0.3).forward(batch)}


@batch_norm_forward.expects
def _(rng):
    gamma, beta, (batch, _), _ = batch_norm_case(rng)
    return {"output": close(normalised(batch, gamma, beta, 0.3))}


@check(part="bonus_batchnorm", points="0.25")
def batch_norm_running(sub, rng):
    """
    ru: Накопленные среднее и дисперсия после двух батчей — те, что задаёт momentum.
    en: The running mean and variance after two batches are those that momentum makes.
    hint ru: Доля чего momentum: новой статистики или старой? Что делит накопленную дисперсию?
    hint en: Is momentum the share of the new or of the old? What divides the running variance?
    """
    gamma, beta, batches, _ = batch_norm_case(rng)
    layer = batch_norm_layer(sub, gamma, beta, momentum=0.3)
    for batch in batches:
        layer.forward(batch)
    return {"running_mean": layer.running_mean, "running_var": layer.running_var}


@batch_norm_running.expects
def _(rng):
    _, _, (first, second), _ = batch_norm_case(rng)
    means = 0.3 * (0.7 * first.mean(axis=0) + second.mean(axis=0))
    variances = 0.49 + 0.3 * (0.7 * np.diag(np.cov(first.T)) + np.diag(np.cov(second.T)))
    return {"running_mean": close(means), "running_var": close(variances)}


@check(part="bonus_batchnorm", points="0.3", needs=["batch_norm_forward"])
def batch_norm_backward(sub, rng):
    """
    ru: Градиенты BatchNorm по входу, gamma и beta сходятся с численными.
    en: The gradients of BatchNorm by the input, gamma and beta agree with the numerical ones.
    hint ru: Среднее и дисперсия батча тоже зависят от входа.
    hint en: The mean and the variance of the batch depend on the input too.
    """
    gamma, beta, (batch, _), grad_output = batch_norm_case(rng)
    layer = batch_norm_layer(sub, gamma, beta, eps=0.3)
    layer.forward(batch)
    grad_input, grad_params = layer.backward(grad_output)
    return {
        "grad_input": grad_input,
        "grad_gamma": grad_params[:3],
        "grad_beta": grad_params[3:],
    }


@batch_norm_backward.expects
def _(rng):
    gamma, beta, (batch, _), grad_output = batch_norm_case(rng)

    def loss(x, gamma, beta):
        return np.sum(normalised(x, gamma, beta, 0.3) * grad_output)

    return {
        "grad_input": close(finite_differences(lambda x: loss(x, gamma, beta), batch), atol=1e-7),
        "grad_gamma": close(finite_differences(lambda g: loss(batch, g, beta), gamma), atol=1e-7),
        "grad_beta": close(finite_differences(lambda b: loss(batch, gamma, b), beta), atol=1e-7),
    }


@check(part="bonus_batchnorm", points="0.2")
def batch_norm_in_evaluation(sub, rng):
    """
    ru: В режиме применения работают накопленные статистики, и сами они не меняются.
    en: In evaluation the running statistics do the work, and they don't change.
    hint ru: Здесь среднее и дисперсия — постоянные: что остаётся от градиента по входу?
    hint en: Here mean and variance are constants: what is left of the gradient by the input?
    """
    gamma, beta, ((mean, *_), (variance, *rest)), grad_output = batch_norm_case(rng)
    layer = batch_norm_layer(sub, gamma, beta, eps=0.3)
    layer.running_mean, layer.running_var = mean.copy(), variance**2
    layer.eval()
    output = layer.forward(np.array(rest))
    return {
        "output": output,
        "output_of_one": layer.forward(np.array(rest[:1])),
        "grad_input": layer.backward(grad_output[:1])[0],
        "running_mean": layer.running_mean,
        "running_var": layer.running_var,
    }


@batch_norm_in_evaluation.expects
def _(rng):
    gamma, beta, ((mean, *_), (variance, *rest)), grad_output = batch_norm_case(rng)
    scale = gamma / np.sqrt(variance**2 + 0.3)
    output = (np.array(rest) - mean) * scale + beta
    return {
        "output": close(output),
        "output_of_one": close(output[:1]),
        "grad_input": close(grad_output[:1] * scale),
        "running_mean": close(mean),
        "running_var": close(variance**2),
    }
