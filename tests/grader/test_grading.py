"""Grading one submission in the sandbox: what it earns, and what an adversary does not."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from praktikum.checks import Reason, Status, Verdict
from praktikum.grader.grading import Graded

if TYPE_CHECKING:
    from tests.grader.conftest import Grader

LOOP = "def mean(values):\n    while True:\n        pass"


def outcome(graded: Graded) -> dict[str, str]:
    return {verdict.check: verdict.status.value for verdict in graded.verdicts}


def passed(graded: Graded) -> set[str]:
    return {verdict.check for verdict in graded.verdicts if verdict.passed}


def verdict(graded: Graded, check: str) -> Verdict:
    return {each.check: each for each in graded.verdicts}[check]


def test_the_reference_earns_all(grader: Grader) -> None:
    assert passed(grader()) == {"the_mean", "the_scale", "both"}


def test_an_empty_notebook_earns_nothing_and_is_told_that_nothing_is_written(
    grader: Grader,
) -> None:
    graded = grader(solved=False)
    assert passed(graded) == set()
    assert verdict(graded, "the_mean").reason is Reason.NOT_WRITTEN


def test_a_wrong_value_is_told_with_what_was_got_and_expected(grader: Grader) -> None:
    found = verdict(grader("def mean(values):\n    return 1.5"), "the_mean")
    assert (found.reason, found.where, found.got) == (Reason.VALUE, "mean", "1.5")
    assert found.hint is not None
    assert found.hint.en == "Divide the sum by the count."


def test_an_exception_is_told_with_its_cell_and_line(grader: Grader) -> None:
    found = verdict(grader("x = 0\n\ndef mean(values):\n    return 1 / 0"), "the_mean")
    cell = len(grader.solved) + 1
    assert (found.reason, found.where) == (Reason.RAISED, f"cell {cell}, line 4")
    assert found.detail == "ZeroDivisionError: division by zero"


def test_a_wrong_signature_is_told_as_such(grader: Grader) -> None:
    found = verdict(grader("def mean(values, axis):\n    return 0"), "the_mean")
    assert found.reason is Reason.SIGNATURE


def test_a_failure_that_another_one_explains_is_put_down_to_it(grader: Grader) -> None:
    graded = grader("def mean(values):\n    return 1.5")
    assert outcome(graded) == {"the_mean": "failed", "the_scale": "passed", "both": "blocked"}
    assert verdict(graded, "both").detail == "the_mean"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("import os\n    os._exit(0)", Reason.CRASHED),
        ("import ctypes\n    ctypes.string_at(0)", Reason.CRASHED),
        ("raise SystemExit", Reason.RAISED),
        ("raise KeyboardInterrupt", Reason.RAISED),
        ("return bytearray(10**11)", Reason.MEMORY),
        ("def down(): return down()\n    return down()", Reason.RAISED),
        ("return np.ones(10**9)", Reason.MEMORY),
        ("return object()", Reason.NOT_AN_ARRAY),
        ("return None", Reason.NOT_AN_ARRAY),
        ("import os\n    os.fork()\n    return values.mean()", Reason.RAISED),
        ("import socket\n    socket.socket()\n    return values.mean()", Reason.RAISED),
    ],
)
def test_what_ends_one_check_leaves_the_others_their_points(
    grader: Grader, body: str, reason: Reason
) -> None:
    graded = grader(f"def mean(values):\n    {body}")
    assert verdict(graded, "the_mean").reason is reason
    assert verdict(graded, "the_scale").passed


def test_an_endless_loop_is_waited_for_once(grader: Grader) -> None:
    begun = time.monotonic()
    graded = grader(LOOP, wall_seconds=3)
    assert verdict(graded, "the_mean").reason is Reason.TIMEOUT
    assert verdict(graded, "both").status is Status.BLOCKED
    assert time.monotonic() - begun < 9


def test_gigabytes_of_output_cost_nothing(grader: Grader) -> None:
    flood = "def mean(values):\n    print('x' * 10**8)\n    return values.mean()"
    assert "the_mean" in passed(grader(flood))


@pytest.mark.parametrize(
    "statement",
    ["class Trap:\n    raise SystemExit", "import sys\nTRAP = sys.exit()", "TRAP = 1 / 0"],
)
def test_what_leaves_while_being_defined_costs_only_what_needs_it(
    grader: Grader, statement: str
) -> None:
    uses = "def mean(values):\n    return values.mean() if TRAP else 0"
    graded = grader(statement.replace("class Trap", "class TRAP"), uses)
    assert verdict(graded, "the_scale").passed
    assert verdict(graded, "the_mean").reason is Reason.RAISED


def test_a_process_that_dies_while_being_defined_is_started_without_that_statement(
    grader: Grader,
) -> None:
    graded = grader("import os\nTRAP = os._exit(0)", "def mean(values):\n    return TRAP")
    assert outcome(graded) == {"the_mean": "failed", "the_scale": "passed", "both": "blocked"}


CHEATS = {
    "patches numpy.testing": """
import numpy as np
np.testing.assert_allclose = lambda *a, **k: None
np.allclose = np.isclose = np.array_equal = lambda *a, **k: True
def mean(values):
    return 0.0
""",
    "an array equal to everything": """
import numpy as np
class Yes(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __le__(self, other): return np.ones(self.shape, bool)
    def __sub__(self, other): return np.zeros(self.shape)
    def __abs__(self): return np.zeros(self.shape)
def mean(values):
    return np.zeros(()).view(Yes)
""",
    "a number equal to everything": """
class Yes(float):
    def __eq__(self, other): return True
    def __le__(self, other): return True
    def __sub__(self, other): return Yes(0)
    def __abs__(self): return Yes(0)
def mean(values):
    return Yes(1.0)
""",
    "__array__ that answers differently each time": """
import numpy as np
class Chameleon:
    calls = 0
    def __array__(self, dtype=None, copy=None):
        Chameleon.calls += 1
        return np.array([Chameleon.calls * 1.0])
def mean(values):
    return Chameleon()
""",
    "__array__ that raises": """
class Bomb:
    def __array__(self, *args, **kwargs): raise SystemExit
def mean(values):
    return Bomb()
""",
    "makes every input zero": """
import numpy as np
class Zeros:
    def __init__(self, *a): pass
    def __getattr__(self, name): return lambda *a, size=None, **k: np.zeros(size)
np.random.default_rng = Zeros
def mean(values):
    return 0.0
""",
    "looks for the answer in the frames above": """
import sys
def mean(values):
    frame = sys._getframe()
    while frame:
        for value in frame.f_locals.values():
            if hasattr(value, "expect") and callable(value.expect):
                return value.expect(None)["mean"].value
            if hasattr(value, "_checks"):
                return value._checks["the_mean"].expect(None)["mean"].value
        frame = frame.f_back
    return 0.0
""",
    "looks for the answer in files": """
import os, sys
def mean(values):
    for folder in ["/", "/edition", os.getcwd(), *sys.path]:
        for place, _, names in os.walk(folder):
            if "checks.py" in names or "course.toml" in names:
                source = open(os.path.join(place, "checks.py")).read()
                if "expects" in source and "the_mean" in source:
                    return values.mean()
    return 0.0
""",
    "looks for the answer in all objects": """
import gc
def mean(values):
    for each in gc.get_objects():
        if type(each).__name__ in ("Close", "Equal", "Between"):
            return each.value
    return 0.0
""",
    "imports the answer": """
def mean(values):
    from praktikum.scratch.layers import Dense
    import numpy as np
    Dense(2, 1).forward(np.ones((1, 2)))
    return values.mean()
""",
    "writes to the result channel": """
import json, os, struct
def mean(values):
    head = json.dumps([["mean", "<f8", []]]).encode()
    for forged in (b'A' + struct.pack('>I', len(head)) + head + bytes(8), b'J{}'):
        for descriptor in range(3, 20):
            try:
                os.write(descriptor, struct.pack('>I', len(forged)) + forged)
            except OSError:
                pass
    return 0.0
""",
    "claims to have passed": """
import os, struct
def mean(values):
    words = b'R{"status": "passed", "reason": "ours", "where": "", "detail": ""}'
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, struct.pack('>I', len(words)) + words)
        except OSError:
            pass
    return 0.0
""",
    "replaces the observing code": """
import sys
def mean(values):
    frame = sys._getframe()
    while frame:
        runner = frame.f_locals.get("self")
        if hasattr(runner, "_checks"):
            for check in runner._checks.values():
                check.observe = lambda sub, rng: {"mean": 0.0}
        frame = frame.f_back
    return 0.0
""",
}


@pytest.mark.parametrize("cheat", CHEATS.values(), ids=CHEATS.keys())
def test_a_cheat_earns_no_point_that_it_did_not_compute(grader: Grader, cheat: str) -> None:
    graded = grader(cheat)
    assert "the_mean" not in passed(graded)
    assert all(each.status is not Status.ERROR for each in graded.verdicts)


def test_no_submission_leaves_a_trace_on_the_host(grader: Grader, tmp_path: Path) -> None:
    before = set(Path("/tmp").iterdir())
    grader(
        "import os, threading, time\n"
        "def mean(values):\n"
        "    threading.Thread(target=time.sleep, args=(1000,)).start()\n"
        f"    for place in ('/tmp', '/', '/edition', {str(tmp_path)!r}, os.getcwd()):\n"
        "        try:\n"
        "            open(place + '/trace-of-a-submission', 'w').write('x')\n"
        "        except OSError:\n"
        "            pass\n"
        "    return values.mean()"
    )
    new = {path.name for path in set(Path("/tmp").iterdir()) - before}
    assert "trace-of-a-submission" not in new
    assert list(tmp_path.iterdir()) == []


def test_what_one_submission_does_to_its_process_the_next_one_does_not_see(
    grader: Grader,
) -> None:
    grader("import numpy as np\nnp.mean = np.sum = None\ndef mean(values):\n    return 0")
    assert passed(grader()) == {"the_mean", "the_scale", "both"}


def test_an_oracle_that_raises_is_our_error_and_no_zero(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(rng: object) -> dict[str, object]:
        raise RuntimeError("no oracle today")

    monkeypatch.setattr(grader.pack.checks["the_mean"], "expect", broken)
    found = verdict(grader(), "the_mean")
    assert (found.status, found.reason) == (Status.ERROR, Reason.OURS)
    assert "no oracle today" in found.detail
