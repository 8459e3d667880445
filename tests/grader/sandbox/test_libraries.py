"""The libraries of the course work behind the walls, on one thread, as they do outside."""

from __future__ import annotations

import json

import numpy as np
import pytest
import scipy.optimize
import sklearn.datasets

from praktikum.grader.sandbox import Limits, View


@pytest.fixture(scope="module")
def scientific(isolated, edition, request):
    """A worker that has loaded the libraries of the parameter."""
    with isolated(View(edition, preload=request.param), "handlers:run", Limits()) as started:
        yield started


def ask(worker, code: str):
    with worker.open() as session:
        return json.loads(session.ask(code.encode()))


NUMPY = ("numpy", "scipy.optimize", "sklearn.datasets")


@pytest.mark.parametrize("scientific", [NUMPY], indirect=True)
def test_linear_algebra_gives_the_same_numbers(scientific):
    code = (
        "import numpy as np; A = np.random.default_rng(0).normal(size=(200, 200)); "
        "answer = np.linalg.svd(A @ A.T, compute_uv=False).tolist()"
    )
    A = np.random.default_rng(0).normal(size=(200, 200))
    np.testing.assert_allclose(ask(scientific, code), np.linalg.svd(A @ A.T, compute_uv=False))


@pytest.mark.parametrize("scientific", [NUMPY], indirect=True)
def test_an_optimiser_finds_the_same_minimum(scientific):
    code = (
        "import scipy.optimize as o, numpy as np; "
        "answer = o.minimize(o.rosen, np.zeros(5), method='L-BFGS-B', jac=o.rosen_der).x.tolist()"
    )
    minimum = scipy.optimize.minimize(
        scipy.optimize.rosen, np.zeros(5), method="L-BFGS-B", jac=scipy.optimize.rosen_der
    ).x
    np.testing.assert_allclose(ask(scientific, code), minimum)


@pytest.mark.parametrize("scientific", [NUMPY], indirect=True)
def test_the_digits_can_be_loaded(scientific):
    code = (
        "from sklearn.datasets import load_digits; X, y = load_digits(return_X_y=True); "
        "answer = [list(X.shape), X.sum(), int(y.sum())]"
    )
    X, y = sklearn.datasets.load_digits(return_X_y=True)
    assert ask(scientific, code) == [[1797, 64], X.sum(), y.sum()]


@pytest.mark.parametrize("scientific", [("torch",)], indirect=True)
def test_a_convolution_and_its_gradient_run(scientific):
    code = (
        "import torch; x = torch.ones(8, 3, 64, 64, requires_grad=True); "
        "y = torch.nn.functional.conv2d(x, torch.ones(16, 3, 3, 3)).sum(); y.backward(); "
        "answer = [y.item(), x.grad[0, 0, 32, 32].item(), torch.get_num_threads()]"
    )
    # each of 62 × 62 windows sums 27 ones, 16 channels, 8 images; 9 windows × 16 cover a pixel
    assert ask(scientific, code) == [8 * 16 * 62 * 62 * 27, 9 * 16, 1]
