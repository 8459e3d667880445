"""A table of TOML read into a dataclass, field by field, with every mistake collected.

A field's type says what is wanted: ``bool``, ``int``, ``float`` (an integer will do), ``str``,
``Path``, ``Literal``, ``tuple[T, ...]`` (an array), another dataclass (a table), and ``T | None``,
for which ``"none"`` stands, since TOML has no null. Rules between fields are the dataclass's own:
its ``__post_init__`` raises ``ValueError`` with a line for each that is broken.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

__all__ = ["did_you_mean", "field_types", "read_table"]

Problem = tuple[str, str]
"""The dotted place of a value, and what is wrong with it."""

_WRONG = object()
_WANTED = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}


def read_table(
    kind: type, table: Mapping[str, object], place: str = ""
) -> tuple[Any, list[Problem]]:
    """Return the dataclass ``kind`` made from ``table``, and all that is wrong with it.

    Where something is wrong, the first value returned is not to be used.
    """
    problems: list[Problem] = []
    return _read_dataclass(kind, table, place, problems), problems


def field_types(kind: type) -> dict[str, Any]:
    """Return the type of each field that a table may give."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.init}


def did_you_mean(key: str, known: Mapping[str, object]) -> str:
    """Return a hint at the known key that is nearest to ``key``, or nothing."""
    near = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _read_dataclass(
    kind: type, table: Mapping[str, object], place: str, problems: list[Problem]
) -> Any:
    types = field_types(kind)
    for key in table.keys() - types.keys():
        problems.append((_join(place, key), f"there is no such key{did_you_mean(key, types)}"))
    values: dict[str, Any] = {}
    whole = True
    for field in fields(kind):
        if field.name not in types:
            continue
        value = _read_field(field, types[field.name], table, _join(place, field.name), problems)
        if value is not _WRONG:
            values[field.name] = value
        elif _is_required(field):
            whole = False
    if not whole:
        return _WRONG
    try:
        return kind(**values)  # a refused value has its default here, so that all rules are held
    except ValueError as error:
        problems.extend((place, line) for line in str(error).splitlines())
        return _WRONG


def _read_field(
    field: Field[Any], kind: Any, table: Mapping[str, object], place: str, problems: list[Problem]
) -> Any:
    if field.name in table:
        return _read(kind, table[field.name], place, problems)
    if _is_required(field):
        problems.append((place, "is missing"))
    return _WRONG


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _read(kind: Any, value: object, place: str, problems: list[Problem]) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        (inner,) = (option for option in get_args(kind) if option is not NoneType)
        return None if value == "none" else _read(inner, value, place, problems)
    if is_dataclass(kind) and isinstance(kind, type):
        if isinstance(value, Mapping):
            return _read_dataclass(kind, value, place, problems)
        return _refuse(place, "a table", value, problems)
    if origin is tuple:
        return _read_tuple(get_args(kind), value, place, problems)
    if origin is Literal:
        options = get_args(kind)
        if any(value == option and type(value) is type(option) for option in options):
            return value
        return _refuse(place, " or ".join(map(repr, options)), value, problems)
    return _read_scalar(kind, value, place, problems)


def _read_tuple(kinds: tuple[Any, ...], value: object, place: str, problems: list[Problem]) -> Any:
    any_length = kinds[-1] is Ellipsis
    wanted = "an array" if any_length else f"an array of {len(kinds)}"
    if not isinstance(value, list | tuple) or not (any_length or len(value) == len(kinds)):
        return _refuse(place, wanted, value, problems)
    each = kinds[:1] * len(value) if any_length else kinds
    elements = [
        _read(kind, element, f"{place}[{index}]", problems)
        for index, (kind, element) in enumerate(zip(each, value, strict=True))
    ]
    return _WRONG if any(element is _WRONG for element in elements) else tuple(elements)


def _read_scalar(kind: Any, value: object, place: str, problems: list[Problem]) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    if kind is Path and isinstance(value, str):
        return Path(value)
    if type(value) is kind:
        return value
    return _refuse(place, _WANTED.get(kind, "a path, as a string"), value, problems)


def _refuse(place: str, wanted: str, value: object, problems: list[Problem]) -> object:
    problems.append((place, f"wanted {wanted}, got {value!r}"))
    return _WRONG


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
