"""Takes the pictures of the class online that the README shows: of the demo, when it is graded.

python docs/pictures/site.py
"""

import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
URL = "http://127.0.0.1:8765"
PATIENCE = 300_000  # milliseconds: 28 works are graded first
COLOURS = 64  # of a picture: text on paper needs no more


def take(page: Page, name: str) -> None:
    """Store what the window shows as a small file."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
    picture.save(HERE / f"{name}.png", optimize=True)


def sign_in(browser: Browser, lang: str, name: str, password: str, width: int, height: int) -> Page:
    context = browser.new_context(
        base_url=URL, locale=lang, viewport={"width": width, "height": height}
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/people/sign-in/")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("main button").click()
    page.wait_for_url(re.compile("/(class|course)/$"))
    return page


def wait_until_graded(browser: Browser, password: str) -> None:
    page = sign_in(browser, "en", "instructor", password, 1200, 800)
    page.goto("/class/regrades/")
    while page.get_by_text(re.compile(r"\bwaits?$")).count():
        page.wait_for_timeout(3000)  # milliseconds
        page.reload()


def take_all(browser: Browser, lang: str, password: str) -> None:
    page = sign_in(browser, lang, "instructor", password, 1120, 700)
    page.goto("/class/?sort=points&down=1")
    take(page, f"site-gradebook.{lang}")

    page = sign_in(browser, lang, "assistant", password, 1120, 760)
    page.goto("/class/marking/parts/t1_numpy_mlp/theory_relu/")
    page.locator("tr", has_text="—").get_by_role("link").last.click()
    page.locator("#id_points").wait_for()
    take(page, f"site-marking.{lang}")

    page = sign_in(browser, lang, "student03", password, 390, 844)
    page.locator(".card h3 a").first.click()
    page.locator(".card .card-head a").first.click()
    page.locator(".check.failed").first.scroll_into_view_if_needed()
    take(page, f"site-report.{lang}")


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="praktikum-") as folder,
        sync_playwright() as playwright,
    ):
        command = [sys.executable, "-m", "praktikum.cli", "serve", "--demo", "--lang", "en"]
        command += ["--port", URL.rpartition(":")[2], "--data", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as site:
            assert site.stdout is not None
            try:
                said = site.stdout.readline() + site.stdout.readline()
                password = re.search(r"password: (\S+)", said)
                assert password, said
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
                wait_until_graded(browser, password[1])
                for lang in ("ru", "en"):
                    take_all(browser, lang, password[1])
            finally:
                site.terminate()


if __name__ == "__main__":
    main()
