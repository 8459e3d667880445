"""Recipes by name: a config, and how it becomes a training.

A recipe is a module of this room that defines ``RECIPE``; a config names it in its key
``recipe``. A recipe elsewhere is named ``module:ATTRIBUTE``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from torch import nn
from torch.utils.data import DataLoader

from praktikum.engine import Illustrate, Listener, Objective, ParameterGroup, TrainerSettings
from praktikum.engine.report import Comparison

__all__ = ["Assembly", "Recipe", "Trained", "UnknownRecipe", "find_recipe", "recipe_names"]


class Trained(Protocol):
    """What every recipe's config has, besides fields of its own."""

    @property
    def trainer(self) -> TrainerSettings:
        """How the model is trained; its seed is also that of the wiring."""


Config = TypeVar("Config", bound=Trained)


@dataclass(frozen=True)
class Assembly:
    """A training ready to be run: what `Trainer.fit` is to be given.

    Attributes:
        model: to be trained.
        train: the training data.
        valid: the data by which the best epoch is chosen.
        objective: the loss and the metrics.
        test: held-out data that nothing was chosen by, where the data set has some.
        parameters: groups with learning rates of their own; all alike if none.
        illustrate: fixed examples to look at.
        compare: is given what the best weights reach on ``test``, by metric, and returns the table
            of the report that sets it beside what simpler methods reach there. Called once, when
            the training is over, so the simpler methods may take their time.
        judge: what `praktikum evaluate` measures of the trained model; the loss and the metrics
            of ``objective`` if none.
        listeners: what this training wants done at its moments, such as an average of weights.
    """

    model: nn.Module
    train: DataLoader[Any]
    valid: DataLoader[Any]
    objective: Objective
    test: DataLoader[Any] | None = None
    parameters: Sequence[ParameterGroup] | None = None
    illustrate: Illustrate | None = None
    compare: Callable[[Mapping[str, float]], Comparison] | None = None
    judge: Objective | None = None
    listeners: Sequence[Listener] = ()


@dataclass(frozen=True)
class Recipe(Generic[Config]):
    """One kind of training run.

    Attributes:
        config: the frozen dataclass that a config file is read into.
        assemble: wires data, model and objective for a config. The global generators are seeded
            before it is called. The run's folder is given for what a recipe prepares once, such
            as a model that is trained first and then transferred.
    """

    config: type[Config]
    assemble: Callable[[Config, Path], Assembly]


class UnknownRecipe(LookupError):
    """There is no recipe of this name."""


def recipe_names() -> list[str]:
    """Return the names of the recipes in this room."""
    room = importlib.import_module("praktikum.recipes")
    modules = pkgutil.iter_modules(room.__path__)
    ours = {"registry", "run"}
    return sorted({module.name for module in modules if not module.ispkg} - ours)


def find_recipe(name: str) -> Recipe[Any]:
    """Return the recipe of a name.

    Raises:
        UnknownRecipe: there is none.
    """
    if ":" in name:
        module_name, _, attribute = name.partition(":")
    elif name in recipe_names():
        module_name, attribute = f"praktikum.recipes.{name}", "RECIPE"
    else:
        known = ", ".join(recipe_names())
        raise UnknownRecipe(f"recipe {name!r} is not known; wanted one of {known} or module:NAME")
    try:
        found = getattr(importlib.import_module(module_name), attribute, None)
    except ModuleNotFoundError as error:
        raise UnknownRecipe(f"recipe {name!r} cannot be imported: {error}") from error
    if not isinstance(found, Recipe):
        kind = type(found).__name__
        raise UnknownRecipe(f"recipe {name!r}: wanted a Recipe in {attribute}, got {kind}")
    return found
