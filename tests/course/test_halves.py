"""The observing half holds what observing needs, and nothing that knows an answer."""

from __future__ import annotations

from praktikum.checks import checks_of
from praktikum.course.halves import observed_names, observing_half
from praktikum.course.unit import Unit


def test_no_oracle_and_nothing_that_only_an_oracle_uses_is_left(toy_unit: Unit) -> None:
    half = observing_half((toy_unit.folder / "checks.py").read_text("utf-8"))
    for secret in ("expects", "statistics", "secret_order", "np.average", "close(2"):
        assert secret not in half


def test_the_half_runs_by_itself_and_observes_the_same_checks(toy_unit: Unit) -> None:
    source = (toy_unit.folder / "checks.py").read_text("utf-8")
    whole: dict[str, object] = {}
    half: dict[str, object] = {}
    exec(source, whole)
    exec(observing_half(source), half)
    assert list(checks_of(half)) == list(checks_of(whole))
    assert "SIZE" in half


def test_the_names_asked_of_a_submission_are_found(toy_unit: Unit) -> None:
    half = observing_half((toy_unit.folder / "checks.py").read_text("utf-8"))
    assert observed_names(half) == {"mean", "Scaler"}
