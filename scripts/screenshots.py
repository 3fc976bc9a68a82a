"""Takes the pictures of the README from the running demonstration network: `.venv/bin/python scripts/screenshots.py`.

Needs `make run` in another terminal, Chromium, and pdftoppm for the picture of the report.
"""

import argparse
import datetime
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SIZE: ViewportSize = {"width": 1280, "height": 860}
SITES = """code,name,kind,latitude,longitude
NEW-001,Opera House,charging station,30.5812,114.2911
NEW-002,Fish Market,charging station,30.5799,114.3022
NEW-003,Old Brewery,member store,30.5921,114.2876
ST-001,Renamed by a file,charging station,30.5710,114.2990
NEW-005,Lost at Sea,charging station,95.2,114.2990
NEW-006,,member store,30.5655,114.2744
"""


def sign_in(page: Page, address: str, accounts: Path) -> None:
    """Sign in as the director of the demonstration."""
    director = next(one for one in json.loads(accounts.read_text()) if one["role"] == "director")
    page.goto(f"{address}/sign-in/")
    page.fill("[name=username]", director["email"])
    page.fill("[name=password]", director["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/n/demo-city/")


def take(page: Page, address: str, path: str, name: str) -> None:
    """One picture of one page, as it is after everything was drawn."""
    page.goto(f"{address}{path}")
    for top in range(0, 3000, 500):
        page.evaluate("top => window.scrollTo(0, top)", top)
        page.wait_for_timeout(150)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(1000)
    page.screenshot(path=IMAGES / f"{name}.png")


def preview_of_an_import(page: Page, address: str, folder: Path) -> None:
    """A small file with two wrong rows, as far as its preview; nothing is imported."""
    file = folder / "new-sites.csv"
    file.write_text(SITES)
    page.goto(f"{address}/n/demo-city/imports/new/sites/")
    page.set_input_files("input[type=file]", str(file))
    page.fill("[name=source_name]", "Planning office")
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name="Check every row").click()
    page.get_by_role("button", name="Import", exact=True).wait_for(timeout=60_000)
    page.set_viewport_size({"width": 1280, "height": 1180})
    page.screenshot(path=IMAGES / "import.png")
    page.set_viewport_size(SIZE)


def first_page_of_the_report(context: BrowserContext, address: str, folder: Path) -> None:
    """The report of last month as a PDF, its first page as a picture."""
    month = (datetime.datetime.now(datetime.UTC).date().replace(day=1) - datetime.timedelta(days=1)).strftime("%Y-%m")
    answer = context.request.get(f"{address}/n/demo-city/reports/operations/?month={month}&format=pdf", timeout=90_000)
    pdf = folder / "report.pdf"
    pdf.write_bytes(answer.body())
    command = ["pdftoppm", "-r", "80", "-png", "-f", "1", "-singlefile", str(pdf), str(IMAGES / "report")]
    subprocess.run(command, check=True)  # noqa: S603 (fixed words and our own paths)


def main() -> None:
    """All pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://localhost:8000")
    parser.add_argument("--accounts", type=Path, default=ROOT / "var" / "demo-accounts.json")
    given = parser.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        context = browser.new_context(viewport=SIZE, locale="en-GB", reduced_motion="reduce")
        page = context.new_page()
        sign_in(page, given.address, given.accounts)
        take(page, given.address, "/n/demo-city/", "dashboard")
        take(page, given.address, "/n/demo-city/sites/", "sites")
        preview_of_an_import(page, given.address, Path(folder))
        first_page_of_the_report(context, given.address, Path(folder))
        browser.close()


if __name__ == "__main__":
    main()
