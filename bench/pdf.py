"""P5: how fast documents become PDF, against the layout engine's own speed on the same HTML, on this machine.

    python bench/pdf.py            # one page, ten, thirty, two hundred
    python bench/pdf.py --pages 10

The floor is WeasyPrint alone in a process of its own, without our cutting, fetching and helpers. Wanted: at least 90 %
of its speed, and 200 pages in at most 40 s and 300 MB a process.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chargenet.settings")

FLOOR = """
import json, resource, sys, time
from weasyprint import HTML
html = sys.stdin.read()
tagged = sys.argv[1] == "tagged"
options = {"pdf_variant": "pdf/ua-1", "pdf_tags": True} if tagged else {}
HTML(string="<html lang=en><body>warm</body></html>").write_pdf()
times = []
for _ in range(int(sys.argv[2])):
    begun = time.perf_counter()
    document = HTML(string=html).render()
    document.write_pdf(**options)
    times.append(time.perf_counter() - begun)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": min(times), "pages": len(document.pages), "peak": peak}))
"""
ROWS_A_PAGE = 42
WANTED_RATIO, WANTED_SECONDS, WANTED_BYTES = 0.9, 40.0, 300 * 2**20


def document(pages: int) -> str:
    """A list of sites of about so many pages in our print design; its styles stand inside, so that nothing is fetched."""
    from django.template.loader import render_to_string

    from core.export import Column
    from core.pdf import Paper
    from core.templatetags.paper import paper_table

    columns = [
        Column("code", "Code", "code"), Column("name", "Name"), Column("district", "District"),
        Column("opened", "Opened", "date"), Column("sessions", "Sessions", "number"),
        Column("energy", "Energy", "energy", decimals=3), Column("use", "Utilisation", "percent"),
    ]  # fmt: skip
    opened = datetime(2017, 9, 1, tzinfo=UTC).date()
    rows = [
        (f"ST-{n:05d}", f"Charging hub {n % 97}", f"District {n % 11}", opened, n % 500, n * 1234, n % 100 / 100)
        for n in range(max(1, pages * ROWS_A_PAGE - 20))
    ]
    made_at = datetime(2024, 3, 9, 14, 5, tzinfo=UTC)
    paper = Paper("Sites", "Bench", made_at, "UTC", "en", subtitle="All", checksum="0" * 64, url="https://example.org/")
    html = render_to_string("pdf/base.html", {"paper": paper})
    for name in ("css/tokens.css", "css/print/paper.css", "css/print/tables.css"):
        html = html.replace(f'<link rel="stylesheet" href="/static/{name}">', f"<style>{_css(name)}</style>")
    return html.replace("<main>", f"<main>{paper_table(columns, rows)}")


def _css(name: str) -> str:
    return (ROOT / "static" / name).read_text()


def floor(html: str, tagged: bool, times: int) -> dict[str, float]:
    """WeasyPrint alone."""
    command = [sys.executable, "-c", FLOOR, "tagged" if tagged else "plain", str(times)]
    done = subprocess.run(command, input=html, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def ours(html: str, times: int) -> dict[str, float]:
    """Our own way, with helpers that are awake."""
    from core.pdf import make_pdf

    make_pdf("<html lang=en><body>warm</body></html>", title="Warm", language="en")
    best, made = float("inf"), None
    for _ in range(times):
        begun = time.perf_counter()
        made = make_pdf(html, title="Sites", language="en")
        best = min(best, time.perf_counter() - begun)
    return {"seconds": best, "pages": made.pages, "peak": made.peak_bytes, "tagged": made.tagged}


def main() -> int:
    """Prints a line for each length. Returns 1 where a wanted figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="*", default=[1, 10, 30, 200])
    parser.add_argument("--no-floor-above", type=int, default=400, help="the floor takes 7 MB a page")
    options = parser.parse_args()
    import django

    django.setup()
    print(f"{'pages':>6} {'ours s':>8} {'floor s':>8} {'ratio':>6} {'ours MB':>8} {'floor MB':>9}  wanted")
    missed = False
    for pages in options.pages:
        html = document(pages)
        times = 5 if pages <= 2 else 2 if pages <= 30 else 1
        made = ours(html, times)
        alone = floor(html, bool(made["tagged"]), times) if pages <= options.no_floor_above else None
        ratio = alone["seconds"] / made["seconds"] if alone else float("nan")
        good = not ratio < WANTED_RATIO
        if made["pages"] >= 150:
            good = good and made["seconds"] <= WANTED_SECONDS and made["peak"] <= WANTED_BYTES
        missed = missed or not good
        floors = (f"{alone['seconds']:8.2f}", f"{alone['peak'] / 2**20:9.0f}") if alone else ("       –", "        –")
        print(
            f"{made['pages']:>6} {made['seconds']:8.2f} {floors[0]} {ratio:6.2f} {made['peak'] / 2**20:8.0f} {floors[1]}"
            f"  {'reached' if good else 'MISSED'}"
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
