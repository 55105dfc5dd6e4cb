"""A browser, and pages of `deboil review` to open in it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)

PROSE = "Officials said on Tuesday that the harbour would be widened by the end of next year."

RULES = """schema = 1

[source]
id = "gazette"
name = "The Gazette"
paths = ["**/gazette/**"]

[[line]]
id = "gazette.ad"
category = "ad"
any = ["Advertisement", "Ad \\"special\\""]
why = "label of an ad slot"
strips = ["Advertisement", "Ad \\"special\\""]
keeps = ["Advertisement revenue fell in March."]

[[phrase]]
id = "gazette.more"
category = "related"
any = ["Read more here."]
unless = ["we said"]
why = "a link's text, glued to the paragraph"
strips = ["It rained. Read more here."]
"""


def pytest_collection_modifyitems(items):
    if CHROMIUM is None:
        reason = "there is no Chromium (Debian: apt-get install chromium); the page of `deboil review` is not tested"
        for item in items:
            item.add_marker(pytest.mark.skip(reason=reason))


class Folder:
    """A folder with texts and rules, to run the program in."""

    def __init__(self, path: Path):
        self.path = path
        self.write("rules.toml", RULES)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def read(self, name: str) -> bytes:
        return (self.path / name).read_bytes()

    def deboil(self, *args: str) -> subprocess.CompletedProcess:
        return subprocess.run([os.environ["DEBOIL"], *args], cwd=self.path, capture_output=True)

    def clean(self, name: str, *args: str) -> str:
        """What is left of a text."""
        done = self.deboil("clean", name, "--quiet", *args)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def review(self, *args: str) -> Path:
        """The page of the texts in the folder `in`."""
        done = self.deboil("review", "in", "-o", "review.html", *args)
        assert done.returncode == 0, done.stderr.decode()
        return self.path / "review.html"


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


@pytest.fixture
def texts(folder):
    """Four texts of the Gazette and one of nobody; rules of one's own."""
    folder.write("in/gazette/a.txt", f"{PROSE}\n\nAdvertisement\n\n{PROSE} Read more here. {PROSE}\n")
    folder.write("in/gazette/b.txt", f'Ad "special"\n\n{PROSE}\n\nAdvertisement\n')
    folder.write("in/gazette/c.txt", f"{PROSE}\n")
    folder.write("in/gazette/long.txt", f"{PROSE}\n\n" * 40 + "Advertisement\n")
    folder.write("in/other.txt", f"{PROSE}\n\nAdvertisement\n")
    return folder


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def show(browser):
    """Opens a page. In the end nothing may have been fetched, and nothing may have gone wrong in it."""
    contexts, wrong = [], []

    def opened(path: Path, address: str = "", **options) -> Page:
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"], **options)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: request.url.startswith(("file:", "data:")) or wrong.append(request.url))
        page.goto(f"{path.as_uri()}{address}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []
