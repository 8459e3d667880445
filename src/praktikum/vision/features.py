"""What the layers of a network compute, looked at through hooks.

A forward hook is called by torch each time that a module has computed its output. No line of the
network is changed, and the hooks are taken off again, however the block ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from torch import Tensor, nn

from .errors import SettingError

__all__ = ["recorded"]


@contextmanager
def recorded(
    model: nn.Module, layers: Sequence[str], detach: bool = True
) -> Iterator[dict[str, Tensor]]:
    """Yield a dictionary that holds, after each call of the model, the outputs of these layers.

        with recorded(model, ["layer1", "layer4.1.conv2"]) as features:
            model(images)
        features["layer1"]  # (batch, 64, height/4, width/4)

    `layers` are names as in `model.named_modules()`. With `detach=False` the outputs keep their
    graph, so that a loss of features can be differentiated. Of a layer that is called several
    times the last output stays.

    Raises SettingError for a name that is not in the model.
    """
    modules = dict(model.named_modules())
    if unknown := [name for name in layers if name not in modules]:
        near = ", ".join(name for name, _ in model.named_children())
        raise SettingError(f"no layer {', '.join(unknown)} in the model; it begins with {near}")
    outputs: dict[str, Tensor] = {}
    handles = [
        modules[name].register_forward_hook(_keeper(outputs, name, detach)) for name in layers
    ]
    try:
        yield outputs
    finally:
        for handle in handles:
            handle.remove()


def _keeper(
    outputs: dict[str, Tensor], name: str, detach: bool
) -> Callable[[nn.Module, object, Tensor], None]:
    def keep(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        # A ReLU in place would overwrite what was seen: a copy is what the layer itself gave.
        outputs[name] = output.detach().clone() if detach else output.clone()

    return keep
