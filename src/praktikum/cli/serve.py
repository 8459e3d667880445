"""``praktikum serve``: the class online, with a worker of its own."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from praktikum.cli.entering import DatabaseOption, DataOption, inside_site
from praktikum.cli.failure import one_line
from praktikum.cli.options import CourseOption, Lang, LangOption

__all__ = ["serve"]

_THREADS = 8
_LOOK = 1.0  # seconds between looks at the worker
# A proxy of this machine speaks HTTPS, and says for whom: failed sign-ins are counted by address.
_BEHIND_A_PROXY: dict[str, Any] = {
    "url_scheme": "https",
    "trusted_proxy": "127.0.0.1",
    "trusted_proxy_headers": {"x-forwarded-for"},
}
_PAUSE = 5.0  # seconds between the end of a worker and the next one


def serve(
    data: DataOption = None,
    database: DatabaseOption = None,
    course: CourseOption = None,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="The port to listen on.")] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", min=0, help="Workers that grade beside the site.")
    ] = 1,
    demo: Annotated[
        bool, typer.Option("--demo", help="A made-up class of 24, in a folder of its own.")
    ] = False,
    lang: LangOption = Lang.ru,
) -> None:
    """Put the class online: pages for students and staff, and a worker that grades.

    The first time it makes the database and an instructor's account, whose password it prints
    once. It speaks HTTP: beyond your own machine put a proxy with HTTPS before it, and set
    PRAKTIKUM_HOSTS and PRAKTIKUM_HTTPS=1.

    Example: `praktikum serve --demo --lang en`
    """
    from praktikum.course.calendar import CourseError

    if demo:
        data = data or Path("var/site-demo")
        with one_line(CourseError, OSError):
            course = _moved(course, data)
    with inside_site(data, database, course):
        _make_ready(demo, lang)
        with _workers(workers):
            _listen(host, port, lang)


def _moved(course: Path | None, data: Path) -> Path:
    """Return the demo's course file: made at its first start, then kept."""
    from praktikum.course.content import open_content
    from praktikum.site.demo_course import moved_course

    path = data / "course.toml"
    if not path.exists():
        moved_course(open_content(course), path, dt.datetime.now(dt.UTC))
    return path


def _make_ready(demo: bool, lang: Lang) -> None:
    from django.utils import timezone

    from praktikum.site.classroom.course import course_now
    from praktikum.site.demo import make_up_site
    from praktikum.site.opening import first_instructor, is_empty, make_ready

    make_ready(timezone.now())
    if demo and is_empty():
        accounts = make_up_site(course_now(), timezone.now())
        typer.echo(_DEMO[lang].format(**asdict(accounts)))
    if account := first_instructor():
        typer.echo(_ACCOUNT[lang].format(name=account[0], password=account[1]))


def _listen(host: str, port: int, lang: Lang) -> None:
    """Answer requests until SIGINT or SIGTERM.

    Waitress takes in a whole upload before a thread has to do with it, so slow lines don't keep
    others waiting.
    """
    from django.conf import settings
    from django.urls import get_resolver
    from waitress.server import create_server

    from praktikum.grader.submission import MAX_BYTES
    from praktikum.site.wsgi import application

    assert get_resolver().url_patterns  # every view is loaded before the doors open
    server = create_server(
        application,
        host=host,
        port=port,
        threads=_THREADS,
        max_request_body_size=2 * MAX_BYTES,
        ident="",
        clear_untrusted_proxy_headers=True,
        **(_BEHIND_A_PROXY if settings.PLACE.https else {}),
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # the server ends its work, then returns
    typer.echo(_LISTENING[lang].format(url=f"http://{host}:{port}/"))
    server.run()


@contextmanager
def _workers(count: int) -> Iterator[None]:
    """Keep ``count`` workers of this site running while the body runs."""
    stop = threading.Event()
    keepers = [threading.Thread(target=_keep_worker, args=(stop,)) for _ in range(count)]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        stop.set()
        for keeper in keepers:
            keeper.join()


def _keep_worker(stop: threading.Event) -> None:
    """Run a worker, and another one when it ends by itself, until ``stop``."""
    command = [sys.executable, "-m", "praktikum.cli", "worker", "--parent", str(os.getpid())]
    while not stop.is_set():
        with subprocess.Popen(command, env=dict(os.environ)) as worker:
            while not stop.wait(_LOOK) and worker.poll() is None:
                pass
            worker.terminate()
        stop.wait(_PAUSE)


_ACCOUNT = {
    Lang.ru: "Учётная запись преподавателя: {name}, пароль {password} — он показан один раз.",
    Lang.en: "The instructor's account: {name}, password {password}; it is shown only now.",
}
_DEMO = {
    Lang.ru: "Войти можно как {instructor}, {assistant} или {student}; пароль у всех {password}",
    Lang.en: "Sign in as {instructor}, {assistant} or {student}; everybody's password: {password}",
}
_LISTENING = {Lang.ru: "Сайт открыт: {url}", Lang.en: "The site is open: {url}"}
