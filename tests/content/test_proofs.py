"""Every unit of the course: its checks are worth their points."""

from __future__ import annotations

from pathlib import Path

import pytest

from praktikum.course.content import Content, find_course
from praktikum.course.unit import Unit
from praktikum.grader.verification import verify_unit

UNITS = list(Content(find_course(Path(__file__))).units.values())


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.id)
def test_the_reference_earns_all_the_blank_nothing_each_mutant_fails_its_checks(
    unit: Unit,
) -> None:
    findings = list(verify_unit(unit, UNITS))
    assert [finding for finding in findings if finding.problems] == []
    assert len(findings) > 4
