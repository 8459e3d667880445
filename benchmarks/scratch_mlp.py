"""The digits' perceptron in NumPy against PyTorch's autograd and scikit-learn's MLPClassifier.

    python benchmarks/scratch_mlp.py [--rounds 60]

Network 64-32-32-10 with ReLU, 1,347 rows, float64, one thread, on whatever BLAS each library
brings (its name is printed: the ratio depends on it). Two tables:

1. one evaluation of loss and gradient, flat weights in, flat gradient out;
2. L-BFGS to convergence: the same SciPy driver and the same start for NumPy and torch;
   scikit-learn runs its own fit, from its own weights, for information.

Sides take turns in every round, so that a busy machine disturbs all alike; each turn repeats the
call a few times, as L-BFGS does, and medians over rounds are compared. The script restarts
itself under SETTINGS: one thread, and a glibc malloc that keeps big blocks instead of mapping
each anew, which speeds every side up.
"""

import argparse
import os
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
import torch
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from torch.nn.utils import vector_to_parameters

from praktikum.scratch import ReLU, compute_loss_grad, get_weights, make_network, predict
from praktikum.scratch.digits import digits_split

SETTINGS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str((1 << 31) - 1),
}
HIDDEN = (32, 32)
BARS = {"evaluation": {"torch": 0.65, "scikit-learn": 0.8}, "L-BFGS": {"torch": 0.75}}
LossGrad = Callable[[np.ndarray], tuple[float, np.ndarray]]


def torch_loss_grad(X: np.ndarray, y: np.ndarray) -> tuple[LossGrad, torch.nn.Module]:
    """Return the loss and gradient of the same network by torch's autograd, and the network."""
    module = torch.nn.Sequential(
        torch.nn.Linear(64, HIDDEN[0]),
        torch.nn.ReLU(),
        torch.nn.Linear(*HIDDEN),
        torch.nn.ReLU(),
        torch.nn.Linear(HIDDEN[1], 10),
    ).double()
    parameters = list(module.parameters())
    inputs, labels = torch.from_numpy(X), torch.from_numpy(y)

    def loss_grad(weights: np.ndarray) -> tuple[float, np.ndarray]:
        vector_to_parameters(torch.from_numpy(weights), parameters)
        loss = torch.nn.functional.cross_entropy(module(inputs), labels)
        grads = torch.autograd.grad(loss, parameters)
        return loss.item(), torch.cat([grad.ravel() for grad in grads]).numpy()

    return loss_grad, module


def sklearn_loss_grad(X: np.ndarray, y: np.ndarray) -> LossGrad:
    """Return scikit-learn's own loss and gradient of a network of the same sizes."""
    model = MLPClassifier(HIDDEN, solver="lbfgs", max_iter=1, alpha=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y)
    targets = model._label_binarizer.transform(y)
    activations = [X, *([None] * model.n_layers_)][: model.n_layers_]
    deltas = [None] * (model.n_layers_ - 1)
    coef_grads = [np.empty_like(coef) for coef in model.coefs_]
    intercept_grads = [np.empty_like(intercept) for intercept in model.intercepts_]

    def loss_grad(weights: np.ndarray) -> tuple[float, np.ndarray]:
        result: tuple[float, np.ndarray] = model._loss_grad_lbfgs(
            weights, X, targets, None, activations, deltas, coef_grads, intercept_grads
        )
        return result

    return loss_grad


def bare_matmuls(X: np.ndarray, network: list) -> Callable[[], None]:
    """Return a call that does the evaluation's eight matrix products and nothing else."""
    weights = [layer.weight for layer in network if layer.n_params]

    def products() -> None:
        inputs = [X.T]
        for weight in weights:
            inputs.append(weight @ inputs[-1])
        grad = inputs.pop()
        for weight in reversed(weights):
            grad @ inputs.pop().T
            if inputs:
                grad = weight.T @ grad

    return products


def median_seconds(
    sides: dict[str, Callable[[], object]], rounds: int, repeats: int
) -> dict[str, float]:
    """Return the median seconds of a call of each side; sides take turns in every round."""
    for call in sides.values():
        call()
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, call in sides.items():
            start = time.perf_counter()
            for _ in range(repeats):
                call()
            seconds[name].append((time.perf_counter() - start) / repeats)
    return {name: float(np.median(values)) for name, values in seconds.items()}


def print_table(title: str, medians: dict[str, float], bars: dict[str, float]) -> None:
    """Print the medians, NumPy's share of each peer's time, and the bar where there is one."""
    print(f"\n{title}")
    print(f"  {'side':<16}{'ms':>10}{'ours / side':>14}{'bar':>8}")
    ours = medians["praktikum"]
    for name, seconds in medians.items():
        bar = f"{bars[name]:.2f}" if name in bars else ""
        print(f"  {name:<16}{seconds * 1e3:>10.3f}{ours / seconds:>14.2f}{bar:>8}")


def minimise(loss_grad: LossGrad, start: np.ndarray) -> np.ndarray:
    """Return the weights that L-BFGS converges to."""
    result = minimize(
        loss_grad, start, method="L-BFGS-B", jac=True, options={"maxiter": 1000, "maxfun": 10000}
    )
    weights: np.ndarray = result.x
    return weights


def compare_evaluations(rounds: int) -> None:
    """Measure and print one evaluation of the loss and the gradient."""
    data = digits_split()
    network = make_network(64, 32, 10, 3, ReLU, rng=np.random.default_rng(0))
    args = (network, data.X_train, data.y_train)
    weights = get_weights(network)
    by_torch, _ = torch_loss_grad(data.X_train, data.y_train)
    by_sklearn = sklearn_loss_grad(data.X_train, data.y_train)
    np.testing.assert_allclose(compute_loss_grad(weights, args)[1], by_torch(weights)[1], 1e-8)
    medians = median_seconds(
        {
            "praktikum": lambda: compute_loss_grad(weights, args),
            "torch": lambda: by_torch(weights),
            "scikit-learn": lambda: by_sklearn(weights),
            "bare matmuls": bare_matmuls(data.X_train, network),
        },
        rounds,
        repeats=5,
    )
    print_table("loss and gradient, one evaluation", medians, BARS["evaluation"])


def compare_lbfgs(rounds: int) -> None:
    """Measure and print L-BFGS to convergence, and the accuracy that it reaches."""
    data = digits_split()
    network = make_network(64, 32, 10, 3, ReLU, rng=np.random.default_rng(0))
    args = (network, data.X_train, data.y_train)
    start = get_weights(network)
    by_torch, module = torch_loss_grad(data.X_train, data.y_train)
    model = MLPClassifier(HIDDEN, solver="lbfgs", alpha=0, max_iter=1000, random_state=0)
    medians = median_seconds(
        {
            "praktikum": lambda: minimise(lambda w: compute_loss_grad(w, args), start),
            "torch": lambda: minimise(by_torch, start),
            "scikit-learn": lambda: model.fit(data.X_train, data.y_train),
        },
        rounds,
        repeats=1,
    )
    print_table("L-BFGS to convergence", medians, BARS["L-BFGS"])
    with torch.no_grad():
        torch_classes = module(torch.from_numpy(data.X_test)).argmax(dim=1).numpy()
    accuracies = {
        "praktikum": (predict(network, data.X_test) == data.y_test).mean(),
        "torch": (torch_classes == data.y_test).mean(),
        "scikit-learn": model.score(data.X_test, data.y_test),
    }
    print("  test accuracy:", ", ".join(f"{k} {v:.3f}" for k, v in accuracies.items()))


def restart_under_settings() -> None:
    """Replace this process by one with SETTINGS in its environment, unless they are there.

    Threads and malloc read them once, when a process starts.
    """
    if any(os.environ.get(name) != value for name, value in SETTINGS.items()):
        os.execve(sys.executable, sys.orig_argv, os.environ | SETTINGS)


def main() -> None:
    """Read the number of rounds, run both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=60, help="rounds of the first table")
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]  # type: ignore[index,call-arg]
    print(f"NumPy {np.__version__} on {blas['name']} {blas['version']}; torch {torch.__version__}")
    compare_evaluations(rounds)
    compare_lbfgs(max(3, rounds // 6))


if __name__ == "__main__":
    restart_under_settings()
    main()
