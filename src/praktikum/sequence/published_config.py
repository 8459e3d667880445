"""What a published model is, in `config.json`: read into a frozen dataclass, written from it.

The keys are those of Hugging Face's transformers. A key that would change what is computed, and
whose value is not the one computed here, is refused: a model that loads gives the published
numbers. Other keys (how texts are generated, versions) are passed over.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from .errors import SettingError, WeightsError

__all__ = ["CONFIG_FILE", "ConfigFormat"]

CONFIG_FILE = "config.json"
Config = TypeVar("Config")


@dataclass(frozen=True)
class ConfigFormat(Generic[Config]):
    """How a family of models writes down what it is.

    model_type: what `config.json` calls the family
    config:     the dataclass; its fields without a default must be in the file
    keys:       keys of the file, and the fields that they fill
    fixed:      keys that would change what is computed, and the one value that is computed here
    """

    model_type: str
    config: type[Config]
    keys: Mapping[str, str]
    fixed: Mapping[str, object]

    def read(self, folder: Path) -> Config:
        """Return what the folder's `config.json` says.

        Raises WeightsError, which tells everything that is wrong: the file, keys that are missing,
        of another type or out of their range, and what cannot be computed here.
        """
        values = _read_object(folder / CONFIG_FILE)
        mistakes = [*self._unlike(values), *self._ill_typed(values)]
        found = {field: values[key] for key, field in self.keys.items() if key in values}
        if not mistakes:
            try:
                return self.config(**found)
            except SettingError as error:
                mistakes = [str(error)]
        raise WeightsError(
            f"{folder / CONFIG_FILE} is not of a {self.model_type} that can be loaded: "
            + "; ".join(mistakes)
        )

    def write(self, folder: Path, config: Config, others: Mapping[str, object]) -> None:
        """Write `config.json`, with `others` added, so that transformers reads it."""
        values: dict[str, object] = {"model_type": self.model_type, **self.fixed}
        values |= {key: getattr(config, field) for key, field in self.keys.items()}
        content = json.dumps(values | dict(others), indent=2, sort_keys=True)
        (folder / CONFIG_FILE).write_text(content + "\n", encoding="utf-8")

    def _unlike(self, values: Mapping[str, Any]) -> list[str]:
        """Return a text for each value that is computed differently here."""
        wanted = {"model_type": self.model_type, **self.fixed}
        return [
            f"{key} must be {value!r}, got {values.get(key)!r}"
            for key, value in wanted.items()
            if values.get(key, None if key == "model_type" else value) != value
        ]

    def _ill_typed(self, values: Mapping[str, Any]) -> list[str]:
        """Return a text for each key that is missing or of another type."""
        hints = get_type_hints(self.config)
        required = {field.name for field in fields(self.config) if field.default is MISSING}  # type: ignore[arg-type]
        mistakes = []
        for key, field in self.keys.items():
            if key not in values:
                if field in required:
                    mistakes.append(f"{key} is missing")
            elif not _is_of(values[key], hints[field]):
                wanted = getattr(hints[field], "__name__", hints[field])
                mistakes.append(f"{key} must be {wanted}, got {values[key]!r}")
        return mistakes


def _read_object(file: Path) -> dict[str, Any]:
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise WeightsError(
            f"{file} is not there: a published model is a folder with {CONFIG_FILE} and "
            "model.safetensors"
        ) from error
    except ValueError as error:  # of JSON or of UTF-8
        raise WeightsError(f"{file} is not JSON: {error}") from error
    if not isinstance(values, dict):
        raise WeightsError(f"{file} must hold an object, got {type(values).__name__}")
    return values


def _is_of(value: object, hint: Any) -> bool:
    """Whether a value of JSON has the type of a field; a whole number is good as a float."""
    kinds = get_args(hint) or (hint,)
    if isinstance(value, bool):
        return bool in kinds
    return isinstance(value, kinds) or (float in kinds and isinstance(value, int))
