"""The sentences say what the rules say; each was written out by hand first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from praktikum.checks import Language
from praktikum.course.book.rules_in_words import rules_in_words
from praktikum.course.content import Content
from praktikum.course.rules import ByDay, PerDay

HALF = Decimal("0.5")


@pytest.mark.parametrize(
    ("lateness", "language", "sentence"),
    [
        (
            PerDay(Decimal("1.00")),
            "ru",
            "Каждые начатые сутки опоздания стоят 1 балл. Меньше нуля балл за задание не бывает.",
        ),
        (
            PerDay(HALF, last_day=7),
            "ru",
            "Каждые начатые сутки опоздания стоят 0,5 балла. "
            "Работа, опоздавшая больше чем на 7 суток, баллов не приносит.",
        ),
        (
            PerDay(Decimal(2)),
            "en",
            "Each started day late costs 2 points. A score never falls below zero.",
        ),
        (
            ByDay((HALF, Decimal(5))),
            "ru",
            "Опоздание считается в начатых сутках и стоит в сумме: 1 сутки — 0,5 балла; "
            "2 суток — 5 баллов. Работа, опоздавшая больше чем на 2 суток, баллов не приносит.",
        ),
        (
            ByDay((Decimal(1),)),
            "en",
            "Lateness is counted in started days and costs in all: 1 point for 1 day. "
            "Work that is more than 1 day late is worth nothing.",
        ),
    ],
)
def test_lateness(
    toy: Content, lateness: PerDay | ByDay, language: Language, sentence: str
) -> None:
    rules = replace(toy.course.rules, lateness=lateness)
    assert rules_in_words(rules, language)[0] == sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"bonus_penalised": False}, "Lateness takes nothing from bonus points."),
        ({"bonus_after_deadline": False}, "Bonus parts that come after the deadline do not count."),
        (
            {"attempts": "last"},
            "A task may be handed in several times: the last attempt counts.",
        ),
    ],
)
def test_a_changed_rule_changes_its_sentence_and_no_other(
    toy: Content, change: dict[str, object], sentence: str
) -> None:
    before = rules_in_words(toy.course.rules, "en")
    after = rules_in_words(replace(toy.course.rules, **change), "en")
    assert sentence in after
    assert len(set(after) - set(before)) == 1


@pytest.mark.parametrize(("least", "words"), [(4, "4 баллов"), (1, "1 балла"), (21, "21 балла")])
def test_at_least_takes_the_genitive(toy: Content, least: int, words: str) -> None:
    marks = replace(toy.course.rules.marks, task_counts_from=Decimal(least))
    said = rules_in_words(replace(toy.course.rules, marks=marks), "ru")[-1]
    assert said == f"Задание засчитано, если за него набрано не меньше {words} с учётом штрафа."
