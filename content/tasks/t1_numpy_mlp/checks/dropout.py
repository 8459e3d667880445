"""Checks of Dropout, in training and in evaluation.

The oracle: the binomial law of the share of zeros, and the two values that an output can have.
"""

import numpy as np

from praktikum.checks import between, check, close, equal


def dropout_case(rng):
    return float(rng.uniform(0.2, 0.7)), rng.uniform(1, 2, size=(60, 50))


@check(part="bonus_dropout", points="0.4")
def dropout_forward(sub, rng):
    """
    ru: В обучении каждое число либо обнулено с вероятностью p, либо поделено на 1 − p.
    en: In training each number is either zeroed with probability p or divided by 1 − p.
    hint ru: Среднее выхода равно среднему входа. Маска своя у каждого числа и каждого вызова.
    hint en: The output keeps the input's mean. Each number and each call has its own mask.
    """
    p, input = dropout_case(rng)
    layer = sub.Dropout(p, rng=rng)
    output, again = layer.forward(input), layer.forward(input)
    return {
        "ratio_of_kept": np.unique(np.round((output / input)[output != 0], 9)),
        "share_of_zeros": np.mean(output == 0),
        "masks_differ": not np.array_equal(output == 0, again == 0),
        "rows_differ": len(np.unique(output == 0, axis=0)) > 1,
        "columns_differ": len(np.unique(output == 0, axis=1).T) > 1,
        "input_afterwards": input,
    }


@dropout_forward.expects
def _(rng):
    p, input = dropout_case(rng)
    spread = 6 * np.sqrt(p * (1 - p) / input.size)  # six deviations of a binomial share
    return {
        "ratio_of_kept": close(np.array([1 / (1 - p)])),
        "share_of_zeros": between(p - spread, p + spread),
        "masks_differ": equal(True),
        "rows_differ": equal(True),
        "columns_differ": equal(True),
        "input_afterwards": close(input),
    }


@check(part="bonus_dropout", points="0.3", needs=["dropout_forward"])
def dropout_backward(sub, rng):
    """
    ru: Градиент проходит через те же числа, что и сигнал, и с тем же множителем.
    en: The gradient passes through the same numbers as the signal, with the same factor.
    """
    p, input = dropout_case(rng)
    layer = sub.Dropout(p, rng=rng)
    output = layer.forward(input)
    grad_input, grad_params = layer.backward(input)  # so that both must be equal
    return {"grad_minus_output": grad_input - output, "n_grad_params": np.size(grad_params)}


@dropout_backward.expects
def _(rng):
    _, input = dropout_case(rng)
    return {"grad_minus_output": close(np.zeros(input.shape)), "n_grad_params": equal(0)}


@check(part="bonus_dropout", points="0.3")
def dropout_in_evaluation(sub, rng):
    """
    ru: В режиме применения Dropout ничего не меняет, в float32 остаётся float32.
    en: In evaluation Dropout changes nothing; in either mode float32 stays float32.
    """
    p, input = dropout_case(rng)
    layer = sub.Dropout(p, rng=rng)
    in_training = layer.forward(input.astype(np.float32))
    layer.eval()
    output = layer.forward(input)
    return {
        "output": output,
        "grad_input": layer.backward(2 * input)[0],
        "dtype_in_training": str(in_training.dtype),
    }


@dropout_in_evaluation.expects
def _(rng):
    _, input = dropout_case(rng)
    return {
        "output": close(input),
        "grad_input": close(2 * input),
        "dtype_in_training": equal("float32"),
    }
