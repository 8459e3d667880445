"""A config as TOML text: what `tomllib` and `read_table` read back as the same config."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

__all__ = ["config_text"]


def config_text(recipe: str, config: Any) -> str:
    """Return the file for a recipe's config, every field written out."""
    return "\n".join([f"recipe = {_value(recipe)}", *_lines(config, "")]) + "\n"


def _lines(config: Any, place: str) -> Iterator[str]:
    values = {field.name: getattr(config, field.name) for field in fields(config) if field.init}
    for name, value in values.items():
        if not is_dataclass(value):
            yield f"{name} = {_value(value)}"
    for name, value in values.items():  # tables come after the keys, as TOML wants
        if is_dataclass(value):
            yield f"\n[{place}{name}]"
            yield from _lines(value, f"{place}{name}.")


def _value(value: object) -> str:
    if value is None:
        return '"none"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | Path):
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)
