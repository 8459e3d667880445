"""``praktikum submit``: hands in to a site from a terminal."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.options import Lang, LangOption
from praktikum.cli.site_client import SiteClient, SiteError

__all__ = ["submit"]

_LOOK = 2.0  # seconds between looks at an attempt


def submit(
    file: Annotated[Path, typer.Argument(help="The notebook or Python file.")],
    site: Annotated[
        str, typer.Option("--site", envvar="PRAKTIKUM_SITE", help="The site's address.")
    ],
    masks: Annotated[
        Path | None, typer.Option("--masks", help="The archive of masks, if the task asks for it.")
    ] = None,
    task: Annotated[
        str | None, typer.Option("--task", help="The task's id; the notebook knows it otherwise.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it is graded.")] = False,
    token: Annotated[
        str,
        typer.Option(
            envvar="PRAKTIKUM_TOKEN",
            prompt="Token",
            hide_input=True,
            help="Better in PRAKTIKUM_TOKEN or typed when asked: a command line can be seen.",
        ),
    ] = "",
    lang: LangOption = Lang.ru,
) -> None:
    """Hand in without a browser, with a token from the site's page "Terminal".

    Example: `praktikum submit task1.ipynb --site https://class.example --wait`
    """
    from praktikum.grader.submission import SubmissionError, read_submission

    with one_line(SiteError, SubmissionError, OSError):
        named = task or read_submission(file).unit
        if named is None:
            raise SiteError(f"{file.name} does not say of which task it is: add --task")
        client = SiteClient(site, token.strip(), lang.value)
        files = {"file": file} | ({"archive": masks} if masks else {})
        state = client.hand_in(named, files)
        typer.echo(_TAKEN[lang].format(**state))
        while wait and state["state"] == "queued":
            time.sleep(_LOOK)
            state = client.attempt(state["attempt"])
    if wait:
        typer.echo(_outcome(state, lang))


def _outcome(state: dict[str, Any], lang: Lang) -> str:
    if state["state"] != "graded":
        return _HELD_BACK[lang]
    score = state["report"]["score"]
    low, high = score["low"], score["high"]
    points = low if low == high else f"{low}–{high}"
    return _SCORE[lang].format(points=points, possible=state["report"]["possible"])


_TAKEN = {
    Lang.ru: "Принято {received}. Отчёт: {page}",
    Lang.en: "Taken in at {received}. Report: {page}",
}
_SCORE = {Lang.ru: "Баллы: {points} из {possible}", Lang.en: "Points: {points} of {possible}"}
_HELD_BACK = {
    Lang.ru: "Баллы за это задание пока не показывают.",
    Lang.en: "Scores at this task are held back for now.",
}
