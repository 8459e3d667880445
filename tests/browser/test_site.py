"""The course's site as its readers meet it: headless Chromium opens every page of the menu.

It is served from this machine, and whatever would leave it counts as a fault.
"""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from praktikum.course.book.site import build_site
from praktikum.course.content import find_course, open_content

from .watching import DESKTOP, LANGUAGES, PHONE, pixels_too_wide, watch

TWIN = {"ru": "en", "en": "ru"}

MENU = "[...document.querySelectorAll('.sidebar-tree a')].map(link => link.href.split('#')[0])"
FORMULAS = """[...document.querySelectorAll('math')].filter(math => !math.closest('details'))
    .map(math => math.getBoundingClientRect())
    .map(box => box.width > 0 && box.height > 0)"""


@dataclass(frozen=True)
class Seen:
    """What there is to say of one page.

    Attributes:
        wrong: console messages, failed requests, requests to elsewhere.
        formulas: for each formula that isn't folded away, whether it takes any room.
        too_wide: pixels by which a phone's window would scroll sideways.
        twin: where the link to the other language leads.
    """

    wrong: list[str]
    formulas: list[bool]
    too_wide: int
    twin: str


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server of files that prints no log."""

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with every seminar run."""
    folder = tmp_path_factory.mktemp("site")
    build_site(open_content(find_course(Path(__file__))), folder / "site", folder / "work")
    return folder / "site"


@pytest.fixture(scope="module")
def origin(site: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport=DESKTOP) as context:
        yield context.new_page()


@pytest.fixture(scope="module", params=LANGUAGES)
def pages(browser: Browser, origin: str, request: pytest.FixtureRequest) -> dict[str, Seen]:
    """All pages of the menu in one language, by their paths, as a browser saw them."""
    language = request.param
    with browser.new_context() as context:
        page = context.new_page()  # one for all: opening each in its own takes far longer
        page.goto(f"{origin}/{language}/index.html")
        addresses = [page.url, f"{origin}/{language}/search.html", *page.evaluate(MENU)]
        wrong = watch(page, origin)
        return {url.removeprefix(origin): see(page, url, wrong, origin) for url in set(addresses)}


def see(page: Page, url: str, wrong: list[str], origin: str) -> Seen:
    """Return what a browser finds on a page, on a desktop and then as wide as a phone."""
    wrong.clear()
    page.set_viewport_size(DESKTOP)
    page.goto(url)  # until all that it loads is there
    formulas = page.evaluate(FORMULAS)
    twin = page.locator("a.twin").evaluate("link => link.href")
    page.set_viewport_size(PHONE)
    too_wide = pixels_too_wide(page)
    return Seen(list(wrong), formulas, too_wide, twin.removeprefix(origin))


def test_the_menu_holds_all_that_the_course_has(pages: dict[str, Seen]) -> None:
    names = {path.split("/", 2)[2] for path in pages}
    assert {
        "index.html",
        "schedule.html",
        "marks.html",
        "study.html",
        "teach.html",
        "seminars/s01_networks.html",
        "seminars/s02_autodiff.html",
        "seminars/s03_pytorch.html",
        "tasks/t1_numpy_mlp.html",
        "reference/scratch/layers.html",
    } <= names


def test_no_page_has_an_error_or_asks_for_anything_elsewhere(pages: dict[str, Seen]) -> None:
    assert {path: seen.wrong for path, seen in pages.items() if seen.wrong} == {}


def test_no_page_is_wider_than_a_phone(pages: dict[str, Seen]) -> None:
    assert {path: seen.too_wide for path, seen in pages.items() if seen.too_wide > 0} == {}


def test_formulas_are_drawn(pages: dict[str, Seen]) -> None:
    assert {path for path, seen in pages.items() if not all(seen.formulas)} == set()
    with_formulas = {path.split("/", 2)[2] for path, seen in pages.items() if seen.formulas}
    assert {"seminars/s02_autodiff.html", "tasks/t1_numpy_mlp.html"} <= with_formulas


def test_every_page_names_its_twin(pages: dict[str, Seen]) -> None:
    for path, seen in pages.items():
        _, language, name = path.split("/", 2)
        assert seen.twin == f"/{TWIN[language]}/{name}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["index", "seminars/s02_autodiff", "reference/scratch/index"])
def test_the_switch_lands_on_the_twin_and_back(
    page: Page, origin: str, language: str, name: str
) -> None:
    page.goto(f"{origin}/{language}/{name}.html")
    page.locator("a.twin").click()
    page.wait_for_url(f"{origin}/{TWIN[language]}/{name}.html")
    assert page.locator("html").get_attribute("lang") == TWIN[language]
    page.locator("a.twin").click()
    page.wait_for_url(f"{origin}/{language}/{name}.html")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_goes_by_the_readers_language(
    browser: Browser, origin: str, language: str
) -> None:
    with browser.new_context(locale=language) as context:
        page = context.new_page()
        page.goto(f"{origin}/index.html")
        page.wait_for_url(f"{origin}/{language}/index.html")


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("ru", "перцептронами", "seminars/s01_networks.html"),  # another case of the word
        ("ru", "jacobian", "seminars/s02_autodiff.html"),
        ("en", "broadcasting", "seminars/s03_pytorch.html"),
        ("en", "numerical_gradient", "reference/scratch/gradient_check.html"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_search_finds_words_with_a_server_and_without(
    page: Page, origin: str, site: Path, scheme: str, language: str, words: str, found: str
) -> None:
    root = origin if scheme == "http" else site.as_uri()
    wrong = watch(page, root)
    page.goto(f"{root}/{language}/index.html")
    page.locator("input.sidebar-search").fill(words)
    page.locator("input.sidebar-search").press("Enter")
    page.locator(f"#search-results a[href*='{found}']").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert wrong == []
