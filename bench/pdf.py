"""P5: how fast documents become PDF, against the layout engine's own speed on the same HTML, on this machine.

    python bench/pdf.py            # one page, ten, thirty, two hundred
    python bench/pdf.py --pages 10

The floor is WeasyPrint alone in a process of its own, without our cutting, fetching and helpers. Wanted: at least 90 %
of its speed, and 200 pages in at most 40 s and 300 MB a process. On a machine that has other things to do, the ratio of
processor time (CPU) says more than that of the clock.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chargenet.settings")
django.setup()

from django.template.loader import render_to_string  # noqa: E402  after the settings are known

from core.export import Column  # noqa: E402
from core.pdf import Paper, make_pdf  # noqa: E402
from core.templatetags.paper import paper_table  # noqa: E402

FLOOR = """
import json, resource, sys, time
from weasyprint import HTML
html = sys.stdin.read()
options = {"pdf_variant": "pdf/ua-1", "pdf_tags": True} if sys.argv[1] == "tagged" else {}
HTML(string="<html lang=en><body>warm</body></html>").write_pdf()
seconds = cpu = 1e9
for _ in range(int(sys.argv[2])):
    begun, cpu_begun = time.perf_counter(), time.process_time()
    document = HTML(string=html).render()
    document.write_pdf(**options)
    seconds = min(seconds, time.perf_counter() - begun)
    cpu = min(cpu, time.process_time() - cpu_begun)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak}))
"""
WARM = "<html lang=en><body>warm</body></html>"
ROWS_A_PAGE = 39
WANTED_RATIO, WANTED_SECONDS, WANTED_BYTES = 0.9, 40.0, 300 * 2**20


def document(pages: int) -> str:
    """A list of sites of about so many pages in our print design, its styles inside, so that nothing is fetched."""
    columns = [
        Column("code", "Code", "code"), Column("name", "Name"), Column("district", "District"),
        Column("opened", "Opened", "date"), Column("sessions", "Sessions", "number"),
        Column("energy", "Energy", "energy", decimals=3), Column("use", "Utilisation", "percent"),
    ]  # fmt: skip
    opened = datetime(2017, 9, 1, tzinfo=UTC).date()
    rows = [
        (f"ST-{n:05d}", f"Charging hub {n % 97}", f"District {n % 11}", opened, n % 500, n * 1234, n % 100 / 100)
        for n in range(max(1, pages * ROWS_A_PAGE - 25))
    ]
    made_at = datetime(2024, 3, 9, 14, 5, tzinfo=UTC)
    paper = Paper("Sites", "Bench", made_at, "UTC", "en", subtitle="All", checksum="0" * 64, url="https://example.org/")
    html = render_to_string("pdf/base.html", {"paper": paper})
    for name in ("css/tokens.css", "css/print/paper.css", "css/print/tables.css"):
        css = (ROOT / "static" / name).read_text()
        html = html.replace(f'<link rel="stylesheet" href="/static/{name}">', f"<style>{css}</style>")
    return html.replace("<main>", f"<main>{paper_table(columns, rows)}")


def floor(html: str, tagged: bool, times: int) -> dict[str, float]:
    """WeasyPrint alone."""
    command = [sys.executable, "-c", FLOOR, "tagged" if tagged else "plain", str(times)]
    done = subprocess.run(command, input=html, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def ours(html: str, times: int) -> dict[str, float]:
    """Our own way, with helpers that are awake."""
    make_pdf(WARM, title="Warm", language="en")
    best = {"seconds": float("inf"), "cpu": float("inf")}
    for _ in range(times):
        begun = time.perf_counter()
        made = make_pdf(html, title="Sites", language="en", timeout=3600)
        best["seconds"] = min(best["seconds"], time.perf_counter() - begun)
        best["cpu"] = min(best["cpu"], made.cpu_seconds)
    return best | {"pages": made.pages, "peak": made.peak_bytes, "tagged": made.tagged}


def line(pages: int) -> bool:
    """Measures one length and prints it; returns whether what is wanted was reached."""
    html = document(pages)
    times = 7 if pages <= 2 else 2 if pages <= 40 else 1
    made = ours(html, times)
    alone = floor(html, bool(made["tagged"]), times)
    ratio = alone["seconds"] / made["seconds"]
    good = ratio >= WANTED_RATIO
    if made["pages"] >= 150:
        good = good and made["seconds"] <= WANTED_SECONDS and made["peak"] <= WANTED_BYTES
    figures = (made["seconds"], alone["seconds"], ratio, made["cpu"], alone["cpu"], alone["cpu"] / made["cpu"])
    memory = f"{made['peak'] / 2**20:8.0f} {alone['peak'] / 2**20:9.0f}"
    print(f"{made['pages']:>6}" + "".join(f"{figure:9.2f}" for figure in figures) + f" {memory}  ", end="")
    print("reached" if good else "MISSED", flush=True)
    return good


def main() -> int:
    """Prints a line for each length. Returns 1 where a wanted figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="*", default=[1, 10, 30, 200])
    heads = ("ours s", "floor s", "ratio", "ours CPU", "floor CPU", "ratio")
    print(f"{'pages':>6}" + "".join(f"{head:>9}" for head in heads) + f" {'ours MB':>8} {'floor MB':>9}  wanted")
    return 0 if all([line(pages) for pages in parser.parse_args().pages]) else 1


if __name__ == "__main__":
    sys.exit(main())
