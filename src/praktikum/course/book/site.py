"""The whole site: ``OUT/ru`` and ``OUT/en``, twin page by twin page, and a door to both.

What lies in ``work`` only makes the next build quick: outputs of cells, sources, and what Sphinx
has read. The site itself needs neither a server nor a network.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import praktikum
from praktikum.checks import LANGUAGES, Language
from praktikum.course.book.execution import Outputs, outputs_of
from praktikum.course.book.sources import write_sources
from praktikum.course.content import Content

__all__ = ["DOCS", "SiteError", "build_site"]

DOCS = Path(praktikum.__file__).parents[2] / "docs"
_OURS = ".buildinfo"  # Sphinx leaves it in every folder that it fills


class SiteError(Exception):
    """The site cannot be built; the message says why, in its first line."""


def build_site(
    content: Content,
    out: Path,
    work: Path,
    docs: Path = DOCS,
    report: Callable[[str], None] = lambda _step: None,
) -> Path:
    """Build the site of a course below ``out``; return its first page.

    What stands at ``out`` is replaced at the end, once both languages are built.

    Args:
        content: the course.
        out: where the site goes.
        work: what is remembered from build to build; may be deleted at any time.
        docs: the folder of pages, templates and theme.
        report: is told what is being done.

    Raises:
        SiteError: ``out`` holds something else, the checkout has no ``docs``, or Sphinx
            complained.
        ExecutionError: a seminar's cell failed.
    """
    _verify(out, docs)
    outputs: dict[str, Outputs] = {}
    for unit in content.units.values():
        if unit.deadline is None:  # a task shows its statement only
            report(unit.id)
            outputs[unit.id] = outputs_of(unit, work / "executed")
    report("html")
    runs = []
    for language in LANGUAGES:
        write_sources(content, language, docs, outputs, work / language / "sources")
        runs.append(_start_sphinx(content, language, docs, work / language))
    complaints = [complaint for run in runs if (complaint := _complaint(run))]
    if complaints:
        raise SiteError("\n".join(complaints))
    out.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        shutil.rmtree(out / language, ignore_errors=True)
        shutil.copytree(work / language / "html", out / language)
    return Path(shutil.copyfile(docs / "door.html", out / "index.html"))


def _verify(out: Path, docs: Path) -> None:
    if not (docs / "conf.py").is_file():
        raise SiteError(f"no pages at {docs}: the site is built from a checkout of the project")
    for language in LANGUAGES:
        folder = out / language
        if folder.exists() and not (folder / _OURS).exists():
            raise SiteError(f"{folder} is not a site of ours: choose another --out")


def _start_sphinx(
    content: Content, language: Language, docs: Path, work: Path
) -> subprocess.Popen[str]:
    html = work / "html"
    shutil.rmtree(html, ignore_errors=True)  # else a page whose source is gone would stay
    title = content.course.title[language]
    settings = {"language": language, "project": title, "html_title": title}
    return subprocess.Popen(
        [sys.executable, "-m", "sphinx", "--builder", "html", "--quiet", "--fail-on-warning"]
        + ["--conf-dir", str(docs), "--doctree-dir", str(work / "doctrees")]
        + [f"--define={key}={value}" for key, value in settings.items()]
        + [str(work / "sources"), str(html)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def _complaint(run: subprocess.Popen[str]) -> str:
    """Wait for Sphinx; return what it complained of, empty where it did not."""
    _, complaints = run.communicate()
    return complaints.strip() if run.returncode else ""
