"""Measures the page of `deboil review`: makes 1,000 documents of about 5 KB of the articles of the tests, writes their
page, opens it in Chromium, and prints the medians. Needs `playwright`, which the tests of the page install:

    target/tmp/browser-*/bin/python benches/review
"""

import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS, BYTES, RUNS = 1000, 5000, 5

# How long a key or a change takes until the next frame is drawn, in milliseconds.
TIMES = """
async () => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const time = async (act) => {
    const start = performance.now();
    act();
    await drawn();
    return performance.now() - start;
  };
  const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  press("l");
  await drawn();
  const opened = [];
  for (let count = 0; count < 100; count += 1) opened.push(await time(() => press("j")));
  const field = document.querySelector("input[type=search]");
  field.value = "harbour";
  const searched = await time(() => field.dispatchEvent(new Event("change", { bubbles: true })));
  const { loadEventEnd } = performance.getEntriesByType("navigation")[0];
  return { loaded: loadEventEnd, opened: opened.sort((one, other) => one - other)[50], searched };
}
"""


def write_documents(folder: Path) -> None:
    fixtures = sorted((ROOT / "tests/fixtures").glob("*/*.txt"))
    for number in range(DOCUMENTS):
        text, at = b"", number
        while len(text) < BYTES:
            text += fixtures[at % len(fixtures)].read_bytes() + b"\n"
            at += 1
        (folder / f"{number:04}.txt").write_bytes(text)


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])))
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder, page_file = Path(name) / "in", Path(name) / "review.html"
        folder.mkdir()
        write_documents(folder)
        command = [ROOT / "target/release/deboil", "review", folder, "-o", page_file, "--isolated", "--quiet"]
        written = []
        for _ in range(RUNS):
            start = time.perf_counter()
            subprocess.run(command, check=True)
            written.append(time.perf_counter() - start)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        runs = []
        for _ in range(RUNS):
            page = browser.new_page()
            page.goto(page_file.as_uri())
            runs.append(page.evaluate(TIMES))
            page.close()
        browser.close()
        size = sum(path.stat().st_size for path in folder.iterdir())
        print(f"{DOCUMENTS} documents of {size / 1e6:.1f} MB: a page of {page_file.stat().st_size / 1e6:.1f} MB,")
        print(f"written in {statistics.median(written):.1f} s")
        for what in ["loaded", "opened", "searched"]:
            print(f"{what}: {statistics.median(run[what] for run in runs):.0f} ms")


main()
