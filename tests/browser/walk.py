"""A walk over all pages to which links lead, and what a browser and axe-core find on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from .watching import PHONE, pixels_too_wide

__all__ = ["Met", "barriers", "walk"]

_LINKS = "[...document.querySelectorAll('a[href^=\"/\"]')].map(link => link.getAttribute('href'))"
# One page of each kind: what tells attempts, tasks, parts and people apart makes no other kind.
_NAMES = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)|(?<=/parts/)[\w-]+/[\w-]+|(?<=/tasks/)[\w-]+"
    r"|(?<=/similar/)[\w-]+|(?<=/statistics/)[\w-]+|[?#].*"
)
_FILES = re.compile(r"/(notebook|pack|file|archive|pictures)/|/gradebook\.")
# Works of students are shown with the headings that they have.
_RULES = {"resultTypes": ["violations"], "rules": {"heading-order": {"enabled": False}}}
_AXE = Axe()


@dataclass(frozen=True)
class Met:
    """What there is to say of one page.

    Attributes:
        wrong: console messages, failed requests, requests to elsewhere.
        too_wide: pixels by which it scrolls sideways in its window or on a phone.
        barriers: what axe-core finds, with the first place of each.
    """

    wrong: list[str]
    too_wide: int
    barriers: list[str]


def walk(page: Page, wrong: list[str], starts: Sequence[str], kinds: set[str]) -> dict[str, Met]:
    """Return what is found on the ``starts`` and on a page of each new kind that links lead to.

    Args:
        page: it goes from one to the other.
        wrong: grows as something goes wrong on it.
        starts: paths of pages to see in any case.
        kinds: those that were seen before; grows.
    """
    met: dict[str, Met] = {}
    to_see = list(starts)
    for path in to_see:  # grows on the way
        is_start = len(met) < len(starts)
        if _FILES.search(path) or (_kind(path) in kinds and not is_start):
            continue
        kinds.add(_kind(path))
        wrong.clear()
        page.goto(path)
        to_see += page.evaluate(_LINKS)
        met[path] = _meet(page, wrong)
    return met


def barriers(page: Page) -> list[str]:
    """Return what axe-core finds on the page, with the first place of each fault."""
    found = _AXE.run(page, options=_RULES).response["violations"]
    return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}" for each in found]


def _meet(page: Page, wrong: list[str]) -> Met:
    found, too_wide, window = barriers(page), pixels_too_wide(page), page.viewport_size
    assert window is not None
    page.set_viewport_size(PHONE)
    met = Met(list(wrong), max(too_wide, pixels_too_wide(page)), found)
    page.set_viewport_size(window)
    return met


def _kind(path: str) -> str:
    return _NAMES.sub("*", path)
