"""What is asked of a submission: checks in two halves, expectations, verdicts."""

from praktikum.checks.border import BorderError, decode_arrays, encode_arrays
from praktikum.checks.check import Check, CheckError, check, checks_of, judge
from praktikum.checks.expectation import (
    Between,
    Close,
    Difference,
    Equal,
    Expectation,
    between,
    close,
    equal,
)
from praktikum.checks.modules import run_modules
from praktikum.checks.text import LANGUAGES, Language, Text
from praktikum.checks.verdict import Reason, Status, Verdict

__all__ = [
    "LANGUAGES",
    "Between",
    "BorderError",
    "Check",
    "CheckError",
    "Close",
    "Difference",
    "Equal",
    "Expectation",
    "Language",
    "Reason",
    "Status",
    "Text",
    "Verdict",
    "between",
    "check",
    "checks_of",
    "close",
    "decode_arrays",
    "encode_arrays",
    "equal",
    "judge",
    "run_modules",
]
