"""An attempt as JSON and back, exactly."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from praktikum.checks import Reason, Status, Text, Verdict
from praktikum.course.predictions_asked import prediction_of
from praktikum.grader.atomic import write_whole
from praktikum.grader.facts import Attempt, FactsError, Measured

__all__ = ["attempt_from_json", "attempt_to_json", "read_attempt", "write_attempt"]

_FORMAT = 1


def attempt_to_json(attempt: Attempt) -> dict[str, Any]:
    """Return the attempt as plain lists, numbers and strings; its time is in UTC."""
    fields: dict[str, Any] = {"format": _FORMAT, "id": attempt.id} | asdict(attempt)
    if attempt.measured:
        measure, value = fields["measured"].pop("measure"), fields["measured"].pop("value")
        fields["measured"] |= {measure: str(value)}
    return fields | {"received": attempt.received.isoformat()}


def attempt_from_json(fields: dict[str, Any]) -> Attempt:
    """Return the attempt that `attempt_to_json` wrote.

    Raises:
        ValueError, KeyError, TypeError: the fields are not those of an attempt.
    """
    if fields["format"] != _FORMAT:
        raise ValueError(f"format {fields['format']}, wanted {_FORMAT}")
    return Attempt(
        student=fields["student"],
        task=fields["task"],
        received=dt.datetime.fromisoformat(fields["received"]),
        digest=fields["digest"],
        source=fields["source"],
        verdicts=tuple(map(_verdict, fields["verdicts"])),
        notes=tuple(Text(**note) for note in fields["notes"]),
        isolated=fields["isolated"],
        measured=_measured(fields.get("measured")),  # files from before tasks with masks lack it
    )


def write_attempt(path: Path, attempt: Attempt) -> None:
    """Write an attempt to a file that is there whole or not at all."""
    write_whole(path, json.dumps(attempt_to_json(attempt), ensure_ascii=False, indent=1) + "\n")


def read_attempt(path: Path) -> Attempt:
    """Return the attempt that a file holds.

    Raises:
        FactsError: it cannot be read, or holds no attempt.
    """
    try:
        return attempt_from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise FactsError(
            [f"{path}: is not an attempt (delete it to grade again): {reason}"]
        ) from error


def _measured(fields: dict[str, Any] | None) -> Measured | None:
    if fields is None:
        return None
    [measure] = fields.keys() - {"usable", "given"}
    value = Decimal(fields[measure])
    return Measured(value, fields["usable"], fields["given"], prediction_of(measure).measure)


def _verdict(fields: dict[str, Any]) -> Verdict:
    return Verdict(
        **fields
        | {
            "status": Status(fields["status"]),
            "reason": fields["reason"] and Reason(fields["reason"]),
            "hint": fields["hint"] and Text(**fields["hint"]),
        }
    )
