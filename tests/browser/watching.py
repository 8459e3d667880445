"""What can be told of a page beside its words: faults on its way here, and its width."""

from __future__ import annotations

from playwright.sync_api import ConsoleMessage, Page, Request, Response, ViewportSize

__all__ = ["DESKTOP", "LANGUAGES", "PHONE", "pixels_too_wide", "watch"]

LANGUAGES = ["ru", "en"]
DESKTOP: ViewportSize = {"width": 1400, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_LEFT = "net::ERR_ABORTED"  # the page was left, or the answer is a file to keep


def pixels_too_wide(page: Page) -> int:
    """Return by how many pixels the page scrolls sideways."""
    pixels: int = page.evaluate(_TOO_WIDE)
    return pixels


def watch(page: Page, origin: str) -> list[str]:
    """Return a list to which everything is added that goes wrong on a page from now on."""
    wrong: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type != "log":
            wrong.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((origin, "data:")):
            wrong.append(f"elsewhere: {request.url}")

    def failed(request: Request) -> None:
        if request.failure != _LEFT:
            wrong.append(f"failed: {request.url}")

    def answered(response: Response) -> None:
        if response.status >= 400:
            wrong.append(f"{response.status}: {response.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", asked)
    page.on("requestfailed", failed)
    page.on("response", answered)
    return wrong
