"""Config files: found by name, read with what ``--set`` changes, written resolved.

A file names its recipe in the key ``recipe``; its other keys are those of the recipe's config.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from praktikum.recipes.config.errors import ConfigError
from praktikum.recipes.config.overrides import apply_overrides
from praktikum.recipes.config.reading import read_table
from praktikum.recipes.config.writing import config_text
from praktikum.recipes.registry import Trained, UnknownRecipe, find_recipe

__all__ = ["RunConfig", "find_config", "read_config", "write_config"]


@dataclass(frozen=True)
class RunConfig:
    """A resolved config.

    Attributes:
        recipe: the name of the recipe.
        values: an instance of the recipe's config dataclass.
    """

    recipe: str
    values: Trained


def find_config(name: str, start: Path) -> Path:
    """Return ``configs/NAME.toml`` in ``start`` or in the nearest folder above it.

    Raises:
        ConfigError: there is none.
    """
    folders = [folder / "configs" for folder in (start, *start.parents)]
    known = set()
    for folder in folders:
        if (path := folder / f"{name}.toml").is_file():
            return path
        known |= {found.stem for found in folder.glob("*.toml")}
    names = ", ".join(sorted(known)) or "no configs"
    raise ConfigError(f"there is no configs/{name}.toml here or above; found {names}")


def read_config(path: Path, overrides: Sequence[str] = ()) -> RunConfig:
    """Return the config in a file, with the values of ``overrides`` (``key=value``) in it.

    Raises:
        ConfigError: the file cannot be read, or is wrong: a line for each mistake.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are both of this kind
        raise ConfigError(f"{path}: is not TOML in UTF-8: {error}") from error
    name = table.pop("recipe", None)
    if not isinstance(name, str):
        raise ConfigError(f"{path}: recipe: wanted the name of a recipe, got {name!r}")
    try:
        kind = find_recipe(name).config
    except UnknownRecipe as error:
        raise ConfigError(f"{path}: {error}") from error
    taken, problems = apply_overrides(table, overrides, kind)
    values, wrong = read_table(kind, table)
    for place, what in wrong:
        origin = "--set" if place in taken else path
        problems.append(": ".join(filter(None, (str(origin), place, what))))
    if problems:
        raise ConfigError(*problems)
    return RunConfig(name, values)


def write_config(path: Path, config: RunConfig) -> None:
    """Write a resolved config, which `read_config` reads back as the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(config_text(config.recipe, config.values), encoding="utf-8")
