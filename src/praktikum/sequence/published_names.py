"""Names of tensors: from those of a published model to ours, and back.

A table gives modules, `{}` standing for the number of a layer; what a module holds (`weight`,
`bias`) keeps its name. One table serves both ways, so what is written is what was read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from .errors import WeightsError

__all__ = ["NameTable"]

OLD_NAMES = {"gamma": "weight", "beta": "bias"}  # of normalisation, in files made from TensorFlow's


@dataclass(frozen=True)
class NameTable:
    """How tensors of a family of models are called.

    prefix:  what the names of the body begin with where a head is beside it; a body that was
             saved alone goes without
    modules: published modules, and ours, both with the prefix
    passed:  a regular expression of published names that hold nothing to be loaded
    """

    prefix: str
    modules: Mapping[str, str]
    passed: str = r"(?!)"

    def to_ours(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the tensors by our names; heads that the table does not know are left out.

        Raises WeightsError: a tensor of the body that the table does not know.
        """
        is_alone = not any(name.startswith(self.prefix) for name in tensors)
        ours, unknown = {}, []
        for name, tensor in tensors.items():
            full = f"{self.prefix}{name}" if is_alone else name
            if re.fullmatch(self.passed, full):
                continue
            found = _translated(full, self.modules)
            if found is not None:
                ours[found] = tensor
            elif full.startswith(self.prefix):
                unknown.append(name)
        if unknown:
            raise WeightsError(
                f"{len(unknown)} tensors have no place in the model, such as {min(unknown)}"
            )
        return ours

    def to_published(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the tensors by their published names.

        Raises WeightsError: a published model has no such tensor, as where a layer was put in.
        """
        back = {ours: published for published, ours in self.modules.items()}
        published = {}
        for name, tensor in tensors.items():
            found = _translated(name, back)
            if found is None:
                raise WeightsError(
                    f"published files have no place for {name}; merge or take out what was put "
                    "into the model"
                )
            published[found] = tensor
        return published


def _translated(name: str, modules: Mapping[str, str]) -> str | None:
    """Return the name by the other side of the table; None if its module is not there."""
    *parts, parameter = name.split(".")
    numbers = [part for part in parts if part.isdigit()]
    found = modules.get(".".join("{}" if part.isdigit() else part for part in parts))
    if found is None:
        return None
    return f"{found.format(*numbers)}.{OLD_NAMES.get(parameter, parameter)}"
