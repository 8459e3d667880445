"""A class online as its people meet it: ``praktikum serve`` opened it, each has a browser."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from praktikum.course.content import Content
from praktikum.site.demo_course import moved_course

from .watching import DESKTOP, watch

__all__ = [
    "PATIENCE",
    "TASK",
    "HandedIn",
    "Person",
    "course_of_task_1",
    "handed_in",
    "score",
    "served",
    "taken",
]

TASK = "t1_numpy_mlp"
PATIENCE = 120_000  # milliseconds: a busy machine is no fault of the page


def course_of_task_1(course: Path, folder: Path, now: dt.datetime) -> Path:
    """Write to ``folder`` the course with no unit but task 1, due some days after ``now``."""
    units = f'unit = "{os.path.relpath(course.parent, folder)}/'
    lines = course.read_text("utf-8").replace('unit = "', units).splitlines()
    kept = [line for line in lines if not line.startswith("unit") or TASK in line]
    alone, moved = folder / "alone.toml", folder / "course.toml"
    alone.write_text("\n".join(kept), "utf-8")
    moved_course(Content(alone), moved, now)
    return moved


@contextmanager
def served(data: Path, course: Path) -> Iterator[tuple[str, str]]:
    """Serve a new site, with one worker; give its URL and the password of ``instructor``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "praktikum.cli", "serve", "--lang", "en"]
    command += ["--data", str(data), "--course", str(course), "--port", str(port)]
    environment = {name: value for name, value in os.environ.items() if "PRAKTIKUM" not in name}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as site:
        assert site.stdout is not None
        try:
            said = ""
            while "The site is open" not in said:
                line = site.stdout.readline()
                assert line, f"the site did not open; it said {said!r}"
                said += line
            password = re.search(r"instructor, password (\S+);", said)
            assert password, said
            yield f"http://127.0.0.1:{port}", password[1]
        finally:
            site.send_signal(signal.SIGTERM)


@dataclass
class Person:
    """Somebody at a browser of their own.

    Attributes:
        name: by which they have signed in.
        page: what they see.
        wrong: what went wrong on their pages so far.
    """

    browser: Browser
    url: str
    lang: str
    name: str = field(init=False, default="")
    page: Page = field(init=False)
    wrong: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.page = self._context().new_page()
        self.wrong = watch(self.page, self.url)

    def _context(self, **options: Any) -> BrowserContext:
        settings = {"base_url": self.url, "locale": self.lang, "viewport": DESKTOP} | options
        context = self.browser.new_context(**settings)
        context.set_default_timeout(PATIENCE)
        return context

    @contextmanager
    def another_window(self, **options: Any) -> Iterator[Page]:
        """Give a page of another browser in which the same person is signed in."""
        with self._context(storage_state=self.page.context.storage_state(), **options) as context:
            yield context.new_page()

    def sign_in(self, name: str, password: str) -> None:
        self.name = name
        self.page.goto("/")
        self.page.locator("[name=username]").fill(name)
        self.page.locator("[name=password]").fill(password)
        self.press({"en": "Sign in", "ru": "Войти"}[self.lang])

    def accept(self, link: str, name: str, password: str) -> None:
        """Follow a one-time link, choose a password, and sign in by it."""
        self.page.goto(link)
        self.page.locator("[name=new_password1]").fill(password)
        self.page.locator("[name=new_password2]").fill(password)
        self.press({"en": "Save", "ru": "Сохранить"}[self.lang])
        self.sign_in(name, password)

    def press(self, button: str) -> None:
        """Press the button of this name in what the page is about."""
        self.page.locator("main").get_by_role("button", name=button, exact=True).click()

    def follow(self, link: str) -> None:
        """Follow the first link of this name."""
        self.page.get_by_role("link", name=link, exact=True).first.click()


@dataclass(frozen=True)
class HandedIn:
    """The path of the report on an attempt, and the score that it showed at first."""

    path: str
    score: str


def handed_in(student: Person, notebook: bytes) -> HandedIn:
    """Hand in, and wait until the page, which looks again by itself, is the report."""
    page = student.page
    page.goto(f"/course/tasks/{TASK}/")
    file = {"name": "task1.ipynb", "mimeType": "application/json", "buffer": notebook}
    page.locator("[type=file]").set_input_files(file)
    student.press("Сдать")
    expect(page.locator(".score b")).to_be_visible()
    return HandedIn(page.url.removeprefix(student.url), score(page))


def score(page: Page) -> str:
    """Return the score that a report shows."""
    return page.locator(".score b").inner_text()


def taken(page: Page, name: str) -> bytes:
    """Return the file to which the link of this name leads."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=True).click()
    return download.value.path().read_bytes()
