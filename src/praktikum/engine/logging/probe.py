"""Hooks on a model's layers: what each puts out in one batch, and the gradient of that.

Layers are the modules without children. Hooks are on the model for the batches that are looked
at and for no others, so the rest of the run does not pay for them.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

__all__ = ["Probe"]


class Probe:
    """Records the layers of a model from `attach` to `detach`.

    Attributes:
        activations: each layer's output in its last call, by the layer's name.
        gradients: of the loss by these outputs; in fp16, of the scaled loss.
    """

    def __init__(self) -> None:
        self.activations: dict[str, Tensor] = {}
        self.gradients: dict[str, Tensor] = {}
        self._handles: list[RemovableHandle] = []

    @property
    def attached(self) -> bool:
        """Whether the hooks are on."""
        return bool(self._handles)

    def attach(self, model: nn.Module) -> None:
        """Put hooks on the layers, and forget what was recorded."""
        self.activations.clear()
        self.gradients.clear()
        for name, module in model.named_modules():
            if not any(True for _ in module.children()):
                hook = partial(self._record, name or type(module).__name__)
                self._handles.append(module.register_forward_hook(hook))

    def detach(self) -> None:
        """Take the hooks off."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def _record(self, name: str, _module: nn.Module, _inputs: Any, output: Any) -> None:
        found = output[0] if isinstance(output, tuple) else output  # (output, state) of an LSTM
        if not isinstance(found, Tensor):
            return
        self.activations[name] = found.detach().clone()  # the next layer may work in place
        if found.requires_grad:
            hook = partial(self._record_gradient, name)
            found.register_hook(hook)  # type: ignore[no-untyped-call]

    def _record_gradient(self, name: str, grad: Tensor) -> None:
        self.gradients[name] = grad.detach().clone()
