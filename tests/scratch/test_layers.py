"""Layers against torch: values, gradients, modes, dtypes."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from praktikum.scratch.activations import ELU, LeakyReLU, LogSoftmax, ReLU, Sigmoid, Tanh
from praktikum.scratch.batch_norm import BatchNorm
from praktikum.scratch.dropout import Dropout
from praktikum.scratch.errors import SettingError, ShapeError
from praktikum.scratch.gradient_check import check_layer
from praktikum.scratch.layers import Dense, Identity, Layer

ACTIVATIONS = [
    pytest.param(Identity, torch.nn.Identity, id="Identity"),
    pytest.param(ReLU, torch.nn.ReLU, id="ReLU"),
    pytest.param(LeakyReLU, torch.nn.LeakyReLU, id="LeakyReLU"),
    pytest.param(lambda: LeakyReLU(0.3), lambda: torch.nn.LeakyReLU(0.3), id="LeakyReLU-0.3"),
    pytest.param(ELU, torch.nn.ELU, id="ELU"),
    pytest.param(lambda: ELU(1.7), lambda: torch.nn.ELU(1.7), id="ELU-1.7"),
    pytest.param(Tanh, torch.nn.Tanh, id="Tanh"),
    pytest.param(Sigmoid, torch.nn.Sigmoid, id="Sigmoid"),
    pytest.param(LogSoftmax, lambda: torch.nn.LogSoftmax(dim=1), id="LogSoftmax"),
]
LAYERS = {
    "Identity": Identity,
    "Dense": lambda: Dense(4, 4, rng=np.random.default_rng(1)),
    "ReLU": ReLU,
    "LeakyReLU": LeakyReLU,
    "ELU": ELU,
    "Tanh": Tanh,
    "Sigmoid": Sigmoid,
    "LogSoftmax": LogSoftmax,
    "BatchNorm": lambda: BatchNorm(4),
}


def torch_gradients(module, x, grad_output):
    """Return torch's output and gradients by the input and by the flat parameters."""
    x = torch.tensor(x, requires_grad=True)
    output = module(x)
    output.backward(torch.tensor(grad_output))
    grads = [p.grad.numpy().ravel() for p in module.parameters()]
    return output.detach().numpy(), x.grad.numpy(), np.concatenate([np.empty(0), *grads])


@pytest.mark.parametrize(("ours", "theirs"), ACTIVATIONS)
def test_an_activation_and_its_gradient_are_those_of_torch(ours, theirs, rng):
    x = np.concatenate([rng.normal(size=(20, 6)) * 3, np.zeros((1, 6))])  # a kink is at zero
    grad_output = rng.normal(size=x.shape)
    layer = ours()
    output = layer.forward(x)
    grad_input, grad_params = layer.backward(grad_output)
    expected_output, expected_grad, _ = torch_gradients(theirs(), x, grad_output)
    np.testing.assert_allclose(output, expected_output, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(grad_input, expected_grad, rtol=1e-10, atol=1e-12)
    assert grad_params.size == 0


@pytest.mark.parametrize("batch", [1, 2, 17])
def test_dense_and_its_gradients_are_those_of_torch(batch, rng):
    layer = Dense(5, 3, rng=rng)
    module = torch.nn.Linear(5, 3, dtype=torch.float64)
    torch.nn.utils.vector_to_parameters(torch.tensor(layer.get_params()), module.parameters())
    x, grad_output = rng.normal(size=(batch, 5)), rng.normal(size=(batch, 3))
    output = layer.forward(x)
    grad_input, grad_params = layer.backward(grad_output)
    expected = torch_gradients(module, x, grad_output)
    np.testing.assert_allclose(output, expected[0], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(grad_input, expected[1], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(grad_params, expected[2], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_agree_with_central_differences(name, rng):
    layer = LAYERS[name]()
    layer.set_params(rng.normal(size=layer.n_params))
    by_input, by_params = check_layer(layer, rng.normal(size=(6, 4)), rng, tolerance=1e-7)
    assert by_input.agrees, by_input
    assert by_params.agrees, by_params


@pytest.mark.parametrize("name", [*LAYERS, "Dropout"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("training", [True, False])
def test_every_layer_stays_in_the_dtype_of_its_input(name, dtype, training, rng):
    own_dtype = {
        "Dense": lambda: Dense(4, 3, rng=rng, dtype=dtype),
        "BatchNorm": lambda: BatchNorm(4, dtype=dtype),
        "Dropout": lambda: Dropout(0.5, rng=rng),
    }
    layer = (own_dtype | {k: v for k, v in LAYERS.items() if k not in own_dtype})[name]()
    layer.train(training)
    output = layer.forward(rng.normal(size=(6, 4)).astype(dtype))
    grad_input, grad_params = layer.backward(np.ones_like(output))
    assert {output.dtype, grad_input.dtype, grad_params.dtype} == {np.dtype(dtype)}
    assert layer.get_params().dtype == dtype or layer.n_params == 0


@pytest.mark.parametrize("name", LAYERS)
def test_a_second_forward_leaves_the_first_output_alone(name, rng):
    layer = LAYERS[name]()
    first, second = rng.normal(size=(2, 6, 4))
    output = layer.forward(first)
    copy = output.copy()
    layer.forward(second)
    np.testing.assert_array_equal(output, copy)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_writes_neither_into_its_input_nor_into_grad_output(name, rng):
    layer = LAYERS[name]()
    x = rng.normal(size=(6, 4))
    x_before = x.copy()
    grad_output = rng.normal(size=layer.forward(x).shape)
    grad_before = grad_output.copy()
    layer.backward(grad_output)
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(grad_output, grad_before)


@pytest.mark.parametrize("activation", [ELU, Sigmoid, Tanh, LogSoftmax])
def test_huge_inputs_neither_overflow_nor_warn(activation):
    layer = activation()
    x = np.array([[-1e4, -50.0, 0.0, 50.0, 1e4]])
    assert np.isfinite(layer.forward(x)).all()
    assert np.isfinite(layer.backward(np.ones_like(x))[0]).all()


logits = arrays(np.float64, (3, 5), elements=st.floats(-1e3, 1e3))


@given(logits)
def test_log_softmax_gives_logarithms_of_probabilities(x):
    np.testing.assert_allclose(np.exp(LogSoftmax().forward(x)).sum(axis=1), 1, rtol=1e-12)


@given(logits, st.floats(-1e3, 1e3))
def test_log_softmax_does_not_see_a_constant_added_to_all_logits(x, constant):
    shifted = LogSoftmax().forward(x + constant)
    np.testing.assert_allclose(LogSoftmax().forward(x), shifted, rtol=1e-9, atol=1e-9)


@given(logits, arrays(np.float64, (3, 5), elements=st.floats(-10, 10)))
def test_the_gradient_by_logits_sums_to_zero_in_a_row(x, grad_output):
    layer = LogSoftmax()
    layer.forward(x)
    grad_input, _ = layer.backward(grad_output)
    np.testing.assert_allclose(grad_input.sum(axis=1), 0, atol=1e-12)


@pytest.mark.parametrize("name", LAYERS)
@given(
    arrays(np.float64, (3, 4), elements=st.floats(-10, 10)),
    arrays(np.float64, (3, 4), elements=st.floats(-10, 10)),
    st.floats(-3, 3),
)
def test_backward_is_linear_in_grad_output(name, g, h, factor):
    layer = LAYERS[name]()
    layer.forward(np.random.default_rng(0).normal(size=(3, 4)))
    together, of_g, of_h = (layer.backward(grad) for grad in (g + factor * h, g, h))
    for mine, first, second in zip(together, of_g, of_h, strict=True):
        np.testing.assert_allclose(mine, first + factor * second, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_is_torchs_through_several_batches(training, rng):
    ours, theirs = BatchNorm(4, momentum=0.3), torch.nn.BatchNorm1d(4, momentum=0.3).double()
    params = rng.normal(size=8)
    ours.set_params(params)
    torch.nn.utils.vector_to_parameters(torch.tensor(params), theirs.parameters())
    for batch in (5, 2, 9):
        x = rng.normal(2, 3, size=(batch, 4))
        ours.forward(x)
        theirs(torch.tensor(x))
    ours.train(training)
    theirs.train(training)
    theirs.zero_grad()
    x, grad_output = rng.normal(size=(7, 4)), rng.normal(size=(7, 4))
    actual = (ours.forward(x), *ours.backward(grad_output))
    for mine, expected in zip(actual, torch_gradients(theirs, x, grad_output), strict=True):
        np.testing.assert_allclose(mine, expected, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(ours.running_mean, theirs.running_mean.numpy(), rtol=1e-12)
    np.testing.assert_allclose(ours.running_var, theirs.running_var.numpy(), rtol=1e-12)


def test_batch_norm_in_evaluation_agrees_with_central_differences(rng):
    layer = BatchNorm(4)
    layer.forward(rng.normal(3, 2, size=(9, 4)))
    layer.eval()
    for comparison in check_layer(layer, rng.normal(size=(5, 4)), rng):
        assert comparison.agrees, comparison


def test_dropout_keeps_the_mean_and_the_asked_share(rng):
    output = Dropout(0.3, rng=rng).forward(np.ones((1000, 100)))
    assert set(np.unique(output)) == {0.0, 1 / 0.7}
    # 100,000 draws: the deviation of the share is 0.0015.
    assert abs((output == 0).mean() - 0.3) < 0.008


def test_dropout_passes_the_gradient_through_the_same_mask(rng):
    layer = Dropout(0.4, rng=rng)
    x, grad_output = rng.normal(size=(2, 8, 5))
    kept = layer.forward(x) != 0
    grad_input, _ = layer.backward(grad_output)
    np.testing.assert_allclose(grad_input, np.where(kept, grad_output / 0.6, 0), rtol=1e-12)


def test_dropout_draws_a_new_mask_in_every_call(rng):
    layer, x = Dropout(0.5, rng=rng), np.ones((10, 10))
    assert (layer.forward(x) != layer.forward(x)).any()


def test_dropout_does_nothing_in_evaluation(rng):
    layer = Dropout(0.9, rng=rng)
    layer.eval()
    x = rng.normal(size=(3, 4))
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(x)[0], x)


def test_a_seed_fixes_weights_and_masks():
    def draw():
        rng = np.random.default_rng(5)
        return Dense(3, 2, rng=rng).weight, Dropout(0.5, rng=rng).forward(np.ones((4, 4)))

    for first, second in zip(draw(), draw(), strict=True):
        np.testing.assert_array_equal(first, second)


@given(arrays(np.float64, 4 * 3 + 3, elements=st.floats(-1e6, 1e6)))
def test_parameters_come_back_as_they_were_set(params):
    layer = Dense(4, 3)
    layer.set_params(params)
    np.testing.assert_array_equal(layer.get_params(), params)


def test_get_params_is_a_copy():
    layer = BatchNorm(2)
    layer.get_params()[:] = 7
    np.testing.assert_array_equal(layer.get_params(), [1, 1, 0, 0])


def test_flat_parameters_of_a_wrong_length_are_refused():
    message = r"Dense has 6 parameters, but the flat array has the shape \(5,\); pass .*\(6,\)"
    with pytest.raises(ShapeError, match=message):
        Dense(2, 2).set_params(np.zeros(5))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Dense(0, 3), "input_size >= 1 and output_size >= 1, got 0 and 3"),
        (lambda: Dropout(1.0), "p is the probability of dropping and needs 0 <= p < 1, got 1.0"),
        (lambda: Dropout(-0.1), "0 <= p < 1, got -0.1"),
        (lambda: BatchNorm(0), "n_features >= 1, .*, got n_features=0, momentum=0.1"),
        (lambda: BatchNorm(3, momentum=1.5), "0 <= momentum <= 1 .*momentum=1.5"),
        (lambda: BatchNorm(3, eps=0), "eps > 0, got .*eps=0"),
    ],
)
def test_a_setting_out_of_range_is_named(make, message):
    with pytest.raises(SettingError, match=message):
        make()


def test_batch_norm_refuses_to_train_on_one_example():
    with pytest.raises(ShapeError, match=r"at least 2 examples in a batch, got 1; choose .* eval"):
        BatchNorm(2).forward(np.ones((1, 2)))


def test_a_layer_without_its_methods_says_which_to_write():
    class Half(Layer):
        pass

    with pytest.raises(NotImplementedError, match=r"Half must define forward\(input\)"):
        Half().forward(np.ones((1, 1)))
    with pytest.raises(NotImplementedError, match=r"Half must define backward\(grad_output\)"):
        Half().backward(np.ones((1, 1)))
