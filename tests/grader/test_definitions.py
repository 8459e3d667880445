"""Which statements of a submission are run: those that define what is asked, wherever they are."""

from __future__ import annotations

from typing import Any

import pytest

from praktikum.grader.definitions import select
from praktikum.grader.submission import Cell


def run(*sources: str, wanted: tuple[str, ...] = ("f",)) -> dict[str, Any]:
    """Return the namespace after the selected definitions of these cells have run."""
    cells = [Cell(number, source) for number, source in enumerate(sources, start=1)]
    namespace: dict[str, Any] = {}
    for definition in select(cells, wanted).definitions:
        exec(definition.source, namespace)
    return namespace


def problems(*sources: str) -> tuple[str, ...]:
    return select([Cell(1, source) for source in sources], ["f"]).problems


def test_training_cells_never_run() -> None:
    namespace = run(
        "def f(): return 1",
        "raise SystemExit",
        "history = [1 / 0 for _ in range(10)]",
        "for _ in range(3):\n    1 / 0",
        "print(1 / 0)",
    )
    assert namespace["f"]() == 1
    assert "history" not in namespace


def test_what_an_answer_uses_comes_with_it() -> None:
    namespace = run("import math", "SCALE = math.pi", "def g(x): return x * SCALE", "f = g")
    assert namespace["f"](2) == pytest.approx(6.283185307)


def test_a_local_name_does_not_pull_in_a_global_of_the_same_name() -> None:
    namespace = run("X = 1 / 0", "def f(X):\n    y = X\n    return y")
    assert namespace["f"](3) == 3


def test_the_later_definition_counts() -> None:
    assert run("def f(): return 1", "def f(): return 2")["f"]() == 2


def test_a_copied_hole_does_not_hide_the_answer() -> None:
    hole = "def f():\n    '''Say one.'''\n    raise NotImplementedError('f')"
    assert run(hole, "def f(): return 1", hole)["f"]() == 1


def test_cells_in_any_order_give_the_same_system() -> None:
    cells = [
        "class B(A):\n    def f(self): return super().f() + 1",
        "class A(Base):\n    def f(self): return ONE",
        "ONE = one()",
        "def one(): return 1",
        "class Base: pass",
    ]
    for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]):
        namespace = run(*(cells[place] for place in order), wanted=("B",))
        assert namespace["B"]().f() == 2


def test_a_class_may_be_continued_in_another_cell() -> None:
    namespace = run(
        "class A:\n    pass",
        "def f(self): return 7\nA.f = f",
        wanted=("A",),
    )
    assert namespace["A"]().f() == 7


def test_a_class_may_build_on_its_earlier_self() -> None:
    namespace = run(
        "class A:\n    def f(self): return 1",
        "class A(A):\n    def f(self): return super().f() + 1",
        wanted=("A",),
    )
    assert namespace["A"]().f() == 2


def test_decorators_defaults_and_annotations_are_bound_before_they_are_used() -> None:
    namespace = run(
        "@twice\ndef f(x: Number = ONE): return x",
        "def twice(g): return lambda *a: 2 * g(*a)",
        "ONE = 1\nNumber = int",
    )
    assert namespace["f"]() == 2


def test_an_import_that_may_fail_is_taken_whole() -> None:
    source = "try:\n    import missing_module as m\nexcept ImportError:\n    m = None"
    assert run(source, "def f(): return m")["f"]() is None


def test_statements_that_share_a_line_are_taken_apart() -> None:
    namespace = run("a = 'один'; b = 1 / 0; c = 3", "def f(): return a, c")
    assert namespace["f"]() == ("один", 3)


@pytest.mark.parametrize(
    "magic",
    ["%matplotlib inline", "!pip install numpy", "%load_ext autoreload", "np.array?", "?len"],
)
def test_lines_of_ipython_are_passed_over(magic: str) -> None:
    assert run(f"{magic}\ndef f(): return 1")["f"]() == 1


def test_a_line_of_ipython_in_a_body_leaves_the_body_whole() -> None:
    assert run("def f():\n    if True:\n        !ls\n    return 1")["f"]() == 1


def test_a_cell_in_another_language_is_passed_over() -> None:
    assert run("%%bash\nrm -rf /tmp/x", "%%time\ndef f(): return 1")["f"]() == 1


def test_a_cell_with_a_syntax_error_costs_itself_and_is_named() -> None:
    assert run("def f(): return 1", "def f(:")["f"]() == 1
    assert problems("x = 1\ndef f(:\n")[0].startswith("cell 1, line 2: invalid syntax")


@pytest.mark.parametrize("bomb", ["(" * 10_000, "-" * 200_000 + "1", "f" + "(f" * 5_000])
def test_a_cell_that_overwhelms_the_parser_is_one_problem(bomb: str) -> None:
    assert len(problems(bomb)) == 1


def test_names_from_everywhere_are_taken_since_they_may_be_anything() -> None:
    assert run("from math import *", "def f(): return cos(0)")["f"]() == 1
