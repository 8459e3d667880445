"""Building: what is refused, and that an old site stays until the new one is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from praktikum.course.book import site
from praktikum.course.book.site import SiteError, build_site
from praktikum.course.content import Content


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """As little as Sphinx needs."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "conf.py").write_text('extensions = ["myst_parser"]\n')
    (folder / "door.html").write_text("ru or en")
    return folder


def pages(monkeypatch: pytest.MonkeyPatch, **texts: str) -> None:
    """Let a site's sources be just these pages."""

    def write_sources(*arguments: object) -> None:
        folder = arguments[-1]
        assert isinstance(folder, Path)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / f"{name}.md").write_text(text, "utf-8")

    monkeypatch.setattr(site, "write_sources", write_sources)


def test_both_languages_and_the_door_are_built(
    toy: Content, docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages(monkeypatch, index="# Hello")
    door = build_site(toy, tmp_path / "out", tmp_path / "work", docs)
    assert door.read_text() == "ru or en"
    for language in ("ru", "en"):
        assert f'lang="{language}"' in (tmp_path / "out" / language / "index.html").read_text()


def test_a_complaint_of_sphinx_stops_it_and_the_old_site_stays(
    toy: Content, docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages(monkeypatch, index="# Old")
    build_site(toy, tmp_path / "out", tmp_path / "work", docs)
    pages(monkeypatch, index="# New\n\n[gone](nowhere.md)")
    with pytest.raises(SiteError, match=r"nowhere\.md"):
        build_site(toy, tmp_path / "out", tmp_path / "work", docs)
    assert "Old" in (tmp_path / "out" / "ru" / "index.html").read_text()


def test_a_formula_that_cannot_be_drawn_is_a_complaint(
    toy: Content, docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (docs / "conf.py").write_text(
        'extensions = ["myst_parser", "praktikum.course.book.mathml"]\n'
        'myst_enable_extensions = ["dollarmath"]\nhtml_math_renderer = "mathml"\n'
    )
    pages(monkeypatch, index="# Title\n\n$\\nosuchcommand x$")
    with pytest.raises(SiteError, match="nosuchcommand"):
        build_site(toy, tmp_path / "out", tmp_path / "work", docs)


def test_where_there_are_no_pages_it_says_what_is_needed(toy: Content, tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="the site is built from a checkout of the project"):
        build_site(toy, tmp_path / "out", tmp_path / "work", tmp_path / "nothing")
