"""What people read is there in Russian, and the compiled texts are those of the sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.test import Client
from django.utils.translation import override
from django.utils.translation.template import templatize

import praktikum.site

SITE = Path(praktikum.site.__file__).parent
SOURCES = sorted(SITE.rglob("*.po"))
CALL = re.compile(r"""\b(?:n?gettext(?:_lazy)?|_)\(\s*u?(["'])((?:(?!\1)[^\\]|\\.)*)\1""")


def texts_of(path: Path) -> list[str]:
    text = path.read_text("utf-8")
    code = templatize(text) if path.suffix == ".html" else text
    return [match[2].replace("\\'", "'") for match in CALL.finditer(code)]


PLACES = [path for path in SITE.rglob("*") if path.suffix in (".py", ".html") and texts_of(path)]


@pytest.mark.parametrize("path", PLACES, ids=lambda path: str(path.relative_to(SITE)))
def test_every_text_is_translated(path: Path) -> None:
    known = {key for po in SOURCES for key in _keys(po.with_suffix(".mo"))}
    assert [text for text in texts_of(path) if text not in known] == []


@pytest.mark.parametrize("po", SOURCES, ids=lambda path: path.parts[-4])
def test_compiled_texts_are_those_of_the_source(po: Path) -> None:
    with po.open("rb") as source, po.with_suffix(".mo").open("rb") as compiled:
        wanted, found = (
            {_first(each.id): tuple(each.string) for each in catalogue if each.id}
            for catalogue in (read_po(source), read_mo(compiled))
        )
    assert found == wanted


def test_days_are_counted_as_russians_count_them() -> None:
    from datetime import timedelta

    from praktikum.site.phrasing_tags import left

    with override("ru"):
        said = [left(timedelta(days=days)) for days in (1, 3, 11, 21, 25)]
    assert said == [
        "остался 1 день",
        "осталось 3 дня",
        "осталось 11 дней",
        "остался 21 день",
        "осталось 25 дней",
    ]


@pytest.mark.parametrize(("language", "word"), [("ru", "Войти"), ("en", "Sign in")])
def test_the_language_is_chosen_and_kept(db: None, language: str, word: str) -> None:
    client = Client(headers={"host": "localhost"})
    answer = client.post("/language/", {"language": language, "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"
    page = client.get("/people/sign-in/")
    assert f"<h1>{word}</h1>" in page.text
    assert f'<html lang="{language}">' in page.text


def _keys(compiled: Path) -> set[str]:
    with compiled.open("rb") as file:
        return {_first(each.id) for each in read_mo(file) if each.string}


def _first(id: str | tuple[str, ...] | list[str]) -> str:
    return id if isinstance(id, str) else id[0]
