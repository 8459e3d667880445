"""``--set key=value``: values that replace those of the file.

The key is dotted (``trainer.optimiser.lr``) or any end of it that only one key has (``lr``). The
value is written as in TOML; a bare word is a string.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import is_dataclass
from typing import Any

from praktikum.recipes.config.reading import did_you_mean, field_types

__all__ = ["apply_overrides"]


def apply_overrides(
    table: dict[str, Any], overrides: Iterable[str], kind: type
) -> tuple[set[str], list[str]]:
    """Put the values into ``table``; return the dotted keys that were set, and the problems."""
    known = _dotted_keys(kind)
    taken: set[str] = set()
    problems: list[str] = []
    for override in overrides:
        key, equals, text = override.partition("=")
        ends = [name for name in known if f".{name}".endswith(f".{key}")]
        if not equals:
            problems.append(f"--set {override}: wanted key=value")
        elif key not in known and len(ends) > 1:
            problems.append(f"--set {override}: which one: {', '.join(ends)}?")
        elif not ends:
            hint = did_you_mean(key, known)
            problems.append(f"--set {override}: there is no such key{hint}")
        else:
            name = key if key in known else ends[0]
            _put(table, name.split("."), _parse(text))
            taken.add(name)
    return taken, problems


def _dotted_keys(kind: type, place: str = "") -> dict[str, Any]:
    keys: dict[str, Any] = {}
    for name, field_type in field_types(kind).items():
        dotted = f"{place}{name}"
        if is_dataclass(field_type) and isinstance(field_type, type):
            keys |= _dotted_keys(field_type, f"{dotted}.")
        else:
            keys[dotted] = field_type
    return keys


def _put(table: dict[str, Any], path: list[str], value: object) -> None:
    *outer, last = path
    for key in outer:
        inner = table.setdefault(key, {})
        if not isinstance(inner, dict):  # a mistake in the file, which reading will tell
            return
        table = inner
    table[last] = value


def _parse(text: str) -> object:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
