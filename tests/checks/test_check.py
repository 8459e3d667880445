"""Checks: how they are declared, in which order, and how they judge."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from praktikum.checks import CheckError, Reason, Status, Text, check, checks_of, close, judge
from praktikum.checks.text import parse_bilingual


@check(part="numbers", points="0.25", timeout=3)
def first(sub, rng):  # type: ignore[no-untyped-def]
    """
    ru: Первое
        верно.
    en: The first
        is right.
    hint ru: Подумайте.
    hint en: Think.
    """
    return {}


@check(part="numbers", needs=["first"])
def second(sub, rng):  # type: ignore[no-untyped-def]
    """
    ru: Второе верно.
    en: The second is right.
    """
    return {}


def test_a_check_states_itself_in_both_languages() -> None:
    assert first.statement == Text(ru="Первое верно.", en="The first is right.")
    assert first.hint == Text(ru="Подумайте.", en="Think.")
    assert second.hint is None


def test_a_check_knows_its_points_and_its_time() -> None:
    assert (first.points, first.timeout) == (Decimal("0.25"), 3)
    assert (second.points, second.needs) == (Decimal(0), ("first",))


def test_a_check_that_says_nothing_is_refused() -> None:
    with pytest.raises(CheckError, match="check mute: its docstring wants a line 'ru: …'"):

        @check(part="numbers")
        def mute(sub, rng):  # type: ignore[no-untyped-def]
            return {}


def test_a_text_in_one_language_only_is_refused() -> None:
    with pytest.raises(ValueError, match="in one language; missing: en"):
        parse_bilingual("ru: Только по-русски.")


def test_a_check_must_stand_after_those_that_it_needs() -> None:
    assert list(checks_of({"first": first, "second": second})) == ["first", "second"]
    with pytest.raises(CheckError, match="check second needs first, which is not before it"):
        checks_of({"second": second, "first": first})


def test_two_checks_of_one_name_are_refused() -> None:
    other = replace(first)
    with pytest.raises(CheckError, match="check first stands in test_check and in test_check"):
        checks_of({"first": first}, {"second": second, "other": other})


def test_what_was_not_observed_is_a_failure() -> None:
    verdict = judge(first, {}, {"mean": close(1.0)})
    assert (verdict.status, verdict.reason, verdict.where) == (
        Status.FAILED,
        Reason.NOT_AN_ARRAY,
        "mean",
    )


def test_a_verdict_tells_where_the_first_difference_is() -> None:
    verdict = judge(first, {"grad": np.array([1.0, 5.0])}, {"grad": close([1.0, 2.0])})
    assert (verdict.where, verdict.got, verdict.expected) == ("grad[1]", "5", "2")
    assert verdict.hint == first.hint


def test_all_as_expected_has_passed() -> None:
    assert judge(first, {"a": np.array(1.0), "more": np.array(2)}, {"a": close(1.0)}).passed
