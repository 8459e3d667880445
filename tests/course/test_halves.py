"""The observing halves hold what observing needs, and nothing that knows an answer."""

from __future__ import annotations

import pytest

from praktikum.checks import CheckError, checks_of, run_modules
from praktikum.course.check_modules import check_files
from praktikum.course.halves import observed_names, observing_halves
from praktikum.course.unit import Unit

CHECK = """
from praktikum.checks import check
{imported}

@check(part="numbers")
def first(sub, rng):
    '''
    ru: Раз.
    en: One.
    '''
    return {{"first": {used}}}
"""


def sources_of(unit: Unit) -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in check_files(unit)}


def test_no_oracle_and_nothing_that_only_an_oracle_uses_is_left(toy_unit: Unit) -> None:
    half = observing_halves(sources_of(toy_unit))["checks"]
    for secret in ("expects", "statistics", "secret_order", "np.average", "close(2"):
        assert secret not in half


def test_the_half_runs_by_itself_and_observes_the_same_checks(toy_unit: Unit) -> None:
    sources = sources_of(toy_unit)
    whole, half = run_modules(sources), run_modules(observing_halves(sources))
    assert list(checks_of(*half.values())) == list(checks_of(*whole.values()))
    assert "SIZE" in half["checks"]


def test_the_names_asked_of_a_submission_are_found(toy_unit: Unit, modular_unit: Unit) -> None:
    of_one = observing_halves(sources_of(toy_unit))
    of_several = observing_halves(sources_of(modular_unit))
    assert observed_names(of_one.values()) == {"mean", "Scaler"}
    assert observed_names(of_several.values()) == {"mean", "centred"}


def test_of_other_modules_what_observing_takes_is_kept_and_the_rest_is_not(
    modular_unit: Unit,
) -> None:
    halves = observing_halves(sources_of(modular_unit))
    assert sorted(halves) == ["cases", "centring", "mean"]  # no oracles
    assert "values_of" in halves["cases"]
    for secret in ("unused_case", "oracles", "exact_mean", "statistics"):
        assert not any(secret in half for half in halves.values())


def test_a_name_is_kept_with_all_that_makes_its_value(modular_unit: Unit) -> None:
    half = observing_halves(sources_of(modular_unit))
    assert run_modules(half)["mean"]["FOUNDATION"] == ["the_mean", "mean_of_one"]


@pytest.mark.parametrize(
    ("imported", "used"),
    [
        ("from . import cases", "cases.SIZE"),
        ("from .cases import *", "SIZE"),
        ("from ..cases import SIZE", "SIZE"),
        ("from .case import SIZE", "SIZE"),
    ],
)
def test_a_module_beside_is_asked_for_names_in_one_way_only(imported: str, used: str) -> None:
    sources = {"numbers": CHECK.format(imported=imported, used=used), "cases": "SIZE = 5"}
    wanted = "numbers: wanted from .MODULE import NAME, MODULE one of numbers, cases; got from"
    with pytest.raises(CheckError, match=wanted):
        observing_halves(sources)
