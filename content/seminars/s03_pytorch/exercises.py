"""Reference solutions of the exercises of seminar 3.

Each function is a hole: the student sees its signature and docstring. Everything is written with
plain tensor operations and autograd, so that what a ready-made layer hides is on the table.
"""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.utils.data import Dataset

__all__ = [
    "BinarySign",
    "StandardizedDataset",
    "batch_norm",
    "gradient_penalty",
    "inverted_dropout",
    "per_sample_gradients",
    "sliding_windows",
    "train_step",
]


def inverted_dropout(
    input: Float[Tensor, "*shape"],
    p: float,
    training: bool,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*shape"]:
    """Return ``input`` with each element zeroed with probability ``p``, 0 ≤ p < 1.

    What survives is divided by ``1 - p``, so the mean stays what it was (*inverted* scaling).
    When ``training`` is false, the input comes back unchanged. The result has the dtype of
    ``input``; the gradient flows through the survivors only. The random numbers come from
    ``generator`` (None: torch's global one); ``torch.nn.functional.dropout`` and ``nn.Dropout``
    are not used.
    """
    if not training:
        return input
    uniform = torch.rand(input.shape, generator=generator, device=input.device)
    return input * (uniform >= p) / (1 - p)


def batch_norm(
    input: Float[Tensor, "batch features"],
    running_mean: Float[Tensor, " features"],
    running_var: Float[Tensor, " features"],
    training: bool,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Float[Tensor, "batch features"]:
    """Return ``(input - mean) / sqrt(var + eps)`` for each feature.

    In training ``mean`` and ``var`` are the batch's own: ``var`` is the biased one (divided by
    the batch size) and the gradient flows through both. The running statistics are then moved
    *in place*, outside of the graph:
    ``running = (1 - momentum) * running + momentum * batch``; for ``running_var`` the batch's
    variance is the *unbiased* one (divided by the batch size minus 1).
    In evaluation ``mean`` and ``var`` are the running ones, and nothing is changed.
    ``torch.nn.functional.batch_norm`` and ``nn.BatchNorm1d`` are not used.
    """
    if not training:
        return (input - running_mean) / torch.sqrt(running_var + eps)
    mean = input.mean(dim=0)
    var = input.var(dim=0, correction=0)
    with torch.no_grad():
        running_mean.lerp_(mean, momentum)
        running_var.lerp_(input.var(dim=0, correction=1), momentum)
    return (input - mean) / torch.sqrt(var + eps)


def sliding_windows(
    signal: Float[Tensor, " time"], width: int, step: int = 1
) -> Float[Tensor, "windows width"]:
    """Return all windows of ``width`` samples that lie inside of ``signal``, ``step`` apart.

    The result is a *view*: it shares the memory of ``signal``, whatever the stride and the
    storage offset of ``signal`` are. Use ``torch.as_strided``, not ``unfold``.
    ``1 <= width <= len(signal)``, ``step >= 1``.
    """
    n_windows = (len(signal) - width) // step + 1
    stride = signal.stride(0)
    return signal.as_strided((n_windows, width), (step * stride, stride), signal.storage_offset())


class BinarySign(torch.autograd.Function):
    """The sign with a straight-through gradient: +1 where ``input >= 0``, and -1 elsewhere.

    The true derivative is zero almost everywhere, so nothing would ever train. Binary networks
    (Hubara et al., 2016) put another in its place: ``grad_output`` where ``|input| <= 1``,
    and 0 elsewhere.
    """

    @staticmethod
    def forward(ctx, input):
        """Return +1 where ``input >= 0`` and -1 elsewhere, in the dtype of ``input``.

        What ``backward`` needs is put aside with ``ctx.save_for_backward``.
        """
        ctx.save_for_backward(input)
        return torch.where(input >= 0, 1.0, -1.0).to(input.dtype)

    @staticmethod
    def backward(ctx, grad_output):
        """Return the gradient by ``input``: ``grad_output`` where ``|input| <= 1``, else 0."""
        (input,) = ctx.saved_tensors
        return grad_output * (input.abs() <= 1)


def gradient_penalty(
    critic: Callable[[Tensor], Tensor], points: Float[Tensor, "batch features"]
) -> Float[Tensor, ""]:
    """Return the mean over the batch of ``(‖∇critic(point)‖₂ - 1)²``.

    ``critic`` maps points to one number each, ``(batch, features) -> (batch,)``, every point on
    its own. The result can be differentiated by the critic's parameters. Nothing but the result
    is produced: no ``.grad`` of anyone is touched, and ``points`` is not made to require
    a gradient. Source: Gulrajani et al., 2017, equation 3.
    """
    points = points.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return ((gradient.norm(dim=1) - 1) ** 2).mean()


class StandardizedDataset(Dataset):
    """Examples with zero mean and unit variance in every feature.

    Attributes:
        mean: mean of each feature, ``(features,)``, float64.
        std: standard deviation of each feature (biased; 1 where the feature is constant).
    """

    def __init__(
        self,
        features: Float[np.ndarray, "n features"],
        targets: Int[np.ndarray, " n"],
        train: "StandardizedDataset | None" = None,
    ) -> None:
        """Keep the examples; take ``mean`` and ``std`` from ``train``, or compute them.

        Where ``train`` is given (this is a validation or a test set), its statistics are used,
        and none are computed. Otherwise they are those of ``features`` itself. A constant
        feature gets ``std = 1``: it becomes zero, not NaN.
        """
        self.features = features
        self.targets = targets
        if train is None:
            # Rounding can leave a constant feature a deviation of 1e-17; its range is exactly 0.
            varies = np.ptp(features, axis=0) > 0
            self.mean = features.mean(axis=0)
            self.std = np.where(varies, features.std(axis=0), 1.0)
        else:
            self.mean, self.std = train.mean, train.std

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.targets)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        """Return one example: its standardised features and its target.

        The features are float32 of shape ``(features,)``, the target is int64 of shape ``()``.
        """
        row = (self.features[index] - self.mean) / self.std
        target = torch.tensor(self.targets[index], dtype=torch.int64)
        return torch.tensor(row, dtype=torch.float32), target


def train_step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    inputs: Float[Tensor, "batch features"],
    targets: Int[Tensor, " batch"],
) -> float:
    """Make one step of ``optimizer`` on the mean cross-entropy; return the loss before the step.

    The model is put into training mode. Gradients left from earlier calls have no influence.
    The result is a Python float: a tensor would keep the whole graph alive.
    """
    model.train()
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(inputs), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


def per_sample_gradients(
    model: nn.Module,
    inputs: Float[Tensor, "batch features"],
    targets: Int[Tensor, " batch"],
) -> dict[str, Float[Tensor, "batch *parameter"]]:
    """Return the gradient of each example's own cross-entropy by each parameter.

    The keys are those of ``model.named_parameters()``, the first axis of each value is the
    batch: its mean over that axis is the gradient of the mean loss. The model is left as it was.
    ``torch.func`` (``functional_call``, ``grad``, ``vmap``) does it without a loop; a loop over
    the examples is right too.
    """
    parameters = {name: value.detach() for name, value in model.named_parameters()}

    def loss(parameters: dict[str, Tensor], one_input: Tensor, one_target: Tensor) -> Tensor:
        logits = torch.func.functional_call(model, parameters, (one_input[None],))
        return nn.functional.cross_entropy(logits, one_target[None])

    gradient = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))
    return gradient(parameters, inputs, targets)
