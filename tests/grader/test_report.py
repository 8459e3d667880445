"""Reports: what they say, how they count, and that nothing a student writes becomes markup."""

import base64
import datetime as dt
import hashlib
import json
import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from praktikum.checks import LANGUAGES, Check, Reason, Status, Text, Verdict
from praktikum.course.calendar import read_course
from praktikum.course.unit import Part, Unit
from praktikum.grader.facts import Attempt, HandPoints
from praktikum.grader.gradebook import Ledger, gradebook
from praktikum.grader.pages import index_page, report_page
from praktikum.grader.penalty import score
from praktikum.grader.report import arithmetic, make_report, report_to_json
from praktikum.grader.tally import CheckedUnit
from praktikum.grader.words import STATUS, sentence

COURSE = read_course(Path(__file__).parents[2] / "content" / "course.toml")
SISTER = read_course(Path(__file__).parent / "sister" / "course.toml")
MOSCOW = ZoneInfo("Europe/Moscow")
TASK = COURSE.tasks[0].id
EVIL = "<script>alert('1')</script><img src=x onerror=alert(1)>"
D = Decimal


def make_check(name: str, points: str) -> Check:
    statement = Text(f"Утверждение {name}.", f"The statement of {name}.")
    hint = Text(f"Совет о {name}.", f"Advice on {name}.")
    return Check(name, "network", D(points), (), 10.0, statement, hint, lambda _sub, _rng: {})


CHECKS = (make_check("dense", "4"), make_check("relu", "3"), make_check("loss", "2"))
PARTS = (
    Part("network", Text("Сеть", "The network"), D(9)),
    Part("theory", Text("Теория", "Theory"), D(1), by_hand=D(1), rubric=Text("Верно", "Right")),
)
UNIT = Unit(TASK, Path(TASK), Text("Сеть", "A network"), (), (), (), TASK, PARTS)
VERDICTS = (
    Verdict(
        "dense",
        Status.FAILED,
        Reason.VALUE,
        where="grad_input[2, 0]",
        got="-0.5",
        expected="0.25",
        hint=CHECKS[0].hint,
    ),
    Verdict("relu", Status.PASSED),
    Verdict("loss", Status.BLOCKED, Reason.NEEDS, detail="dense"),
)
ATTEMPT = Attempt(
    student="Анна Петрова",
    task=TASK,
    received=dt.datetime(2023, 3, 16, 0, 0, 5, tzinfo=MOSCOW),
    digest="0123456789abcdef" * 4,
    source="anna.ipynb",
    verdicts=VERDICTS,
)


def ledger(*hand: HandPoints) -> Ledger:
    now = dt.datetime(2023, 6, 1, tzinfo=MOSCOW)
    return Ledger(COURSE, {TASK: CheckedUnit(UNIT, CHECKS)}, now, hand_points=hand)


def page(attempt: Attempt = ATTEMPT, language="en", *hand: HandPoints) -> str:
    return report_page(make_report(ledger(*hand), attempt), language)


class Reader(HTMLParser):
    """Keeps the tags with their attributes, and the text that a person sees."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._pieces: list[str] = []
        self.feed(source)
        self.text = " ".join(" ".join(self._pieces).split())

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] != "style":
            self._pieces.append(data)


@pytest.mark.parametrize(
    ("language", "sayings"),
    [
        (
            "en",
            [
                "Анна Петрова",
                "16 March 2023, 00:00:05",
                "14 March 2023, 23:59",
                "The statement of dense.",
                "grad_input[2, 0]: the value is not the expected one.",
                "got -0.5 expected 0.25",
                "Hint. Advice on dense.",
                "The check “The statement of dense” has to pass first.",
                "Points of the task 3–4",
                "Late by 2 days −2",
                "Total 1–2",
                "Awaits an instructor",
                f"{TASK}/Анна Петрова/0123456789abcdef",
            ],
        ),
        (
            "ru",
            [
                "16 марта 2023, 00:00:05",
                "Утверждение relu.",
                "grad_input[2, 0]: значение не то, что ожидалось.",
                "получено -0.5 ожидалось 0.25",
                "Подсказка. Совет о dense.",
                "Сначала должна пройти проверка «Утверждение dense».",
                "Опоздание на 2 дня −2",
                "Итого 1–2",
                "Ждёт проверки преподавателем",
            ],
        ),
    ],
)
def test_a_page_tells_the_student_everything(language, sayings):
    text = Reader(page(language=language)).text
    assert [saying for saying in sayings if saying not in text] == []


def test_points_and_comment_of_a_person_are_shown():
    text = Reader(
        page(ATTEMPT, "en", HandPoints("Анна Петрова", TASK, "theory", D("0.75"), "Почти"))
    ).text
    assert "Marked by an instructor 0.75 / 1 Right Почти" in text
    assert "Total 1.75" in text
    assert "not final" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_without_the_sandbox_is_told_in_every_report(language):
    open_run = replace(ATTEMPT, isolated=False)
    assert "--trust-submissions" in Reader(page(open_run, language)).text
    assert "--trust-submissions" not in Reader(page(ATTEMPT, language)).text
    assert report_to_json(make_report(ledger(), open_run))["isolated"] is False


def test_an_error_of_ours_is_told_without_its_details():
    ours = Verdict("dense", Status.ERROR, Reason.OURS, detail="oracle says 0.25")
    source = page(replace(ATTEMPT, verdicts=(ours, *VERDICTS[1:])))
    assert "its points are not lost" in source
    assert "oracle says" not in source


def evil_attempt() -> Attempt:
    verdict = Verdict(
        "dense",
        Status.FAILED,
        Reason.RAISED,
        where=EVIL,
        got=EVIL,
        expected=EVIL,
        hint=Text(EVIL, EVIL),
        detail=EVIL,
    )
    return replace(
        ATTEMPT, student=EVIL, source=EVIL, notes=(Text(EVIL, EVIL),), verdicts=(verdict,)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_a_student_writes_becomes_markup(language):
    comment = HandPoints(EVIL, TASK, "theory", D(1), EVIL)
    reader = Reader(page(evil_attempt(), language, comment))
    tags = {tag for tag, _ in reader.tags}
    assert tags.isdisjoint({"script", "img"})
    assert not any(name.startswith("on") for _, attributes in reader.tags for name in attributes)
    assert reader.text.count(EVIL) >= 8


def test_the_index_escapes_names_and_quotes_links():
    rows = gradebook(ledger(), [evil_attempt()])
    links = {evil_attempt().id: 'reports/"><script>.html'}
    reader = Reader(index_page(rows, COURSE, links, "en"))
    assert [attributes["href"] for tag, attributes in reader.tags if tag == "a"] == [
        "reports/%22%3E%3Cscript%3E.html"
    ]
    assert "script" not in {tag for tag, _ in reader.tags}


def test_a_link_cannot_name_another_scheme():
    rows = gradebook(ledger(), [ATTEMPT])
    source = index_page(rows, COURSE, {ATTEMPT.id: "javascript:alert(1)"}, "ru")
    assert 'href="javascript%3Aalert%281%29"' in source


def pages() -> list[str]:
    rows = gradebook(ledger(), [ATTEMPT])
    return [page(), index_page(rows, COURSE, {ATTEMPT.id: "a.html"}, "ru")]


@pytest.mark.parametrize("source", pages())
def test_a_page_allows_only_its_own_style(source):
    style = re.search(r"<style>(.*?)</style>", source, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    [policy] = [
        attributes["content"]
        for tag, attributes in Reader(source).tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.replace("&#39;", "'").split("; ") == [
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        f"style-src 'sha256-{digest}'",
    ]


@pytest.mark.parametrize("source", pages())
def test_a_page_loads_nothing_and_has_no_inline_style(source):
    for _, attributes in Reader(source).tags:
        assert attributes.keys().isdisjoint({"src", "style", "srcset", "background"})
    assert not re.search(r"url\(|@import|https?://", source)


def test_json_says_the_same_in_both_languages():
    told = json.loads(json.dumps(report_to_json(make_report(ledger(), ATTEMPT))))
    dense, relu, loss = told["parts"][0]["checks"]
    assert (dense["status"], dense["reason"], dense["got"]) == ("failed", "value", "-0.5")
    assert dense["hint"] == {"ru": "Совет о dense.", "en": "Advice on dense."}
    assert (relu["earned"], relu["points"], loss["status"]) == ("3", "3", "blocked")
    assert told["score"] == {"low": "1", "high": "2"}
    assert (told["received"], told["days_late"]) == ("2023-03-16T00:00:05+03:00", 2)


@pytest.mark.parametrize("rules", [COURSE.rules, SISTER.rules])
@pytest.mark.parametrize("days", [0, 1, 3, 8, 20])
@pytest.mark.parametrize("bonus", ["0", "2"])
def test_the_lines_of_the_sum_add_up(rules, days, bonus):
    one = score(D("4.5"), D(bonus), days, rules)
    *terms, total = arithmetic(one, one, rules)
    assert sum(line.low for line in terms) == total.low == one.total


@pytest.mark.parametrize(
    ("rules", "days", "said"),
    [
        (COURSE.rules, 3, "Late by 3 days"),
        (COURSE.rules, 9, "Late by 9 days (9 off, but not below zero)"),
        (SISTER.rules, 8, "Late by 8 days: after the hard deadline nothing is left"),
    ],
)
def test_lateness_is_explained(rules, days, said):
    one = score(D("4.5"), D(0), days, rules)
    assert said in [line.label.en for line in arithmetic(one, one, rules)]


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_its_sentence_in_both_languages(reason):
    text = sentence(Verdict("dense", Status.FAILED, reason, where="{x}", detail="{y}"))
    for language in LANGUAGES:
        assert text[language].startswith("{x}: ")
        assert text[language].endswith(".")
    assert set(STATUS) == set(Status)


def test_a_sentence_without_a_place_starts_with_a_capital():
    assert sentence(Verdict("dense", Status.FAILED, Reason.TIMEOUT)).en.startswith("The code did")
