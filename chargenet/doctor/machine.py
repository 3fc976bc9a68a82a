"""Disk, fonts and the libraries that printing needs."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from chargenet.doctor.findings import Finding, fail, ok, warn

# Shared libraries that WeasyPrint opens, and the Debian package of each.
PDF_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
CJK_HINT = "apt-get install fonts-wqy-microhei, or any other font with Chinese."
DISK_WARN, DISK_FAIL = 0.10, 0.03  # free share


def machine_findings() -> Iterator[Finding]:
    """What the machine offers to every process."""
    yield _disk(settings.VAR_DIR)
    yield _writable(Path(settings.MEDIA_ROOT))
    yield _pdf_libraries()
    yield _fonts()
    yield _zones()


def _disk(path: Path) -> Finding:
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    usage = shutil.disk_usage(existing)
    share = usage.free / usage.total
    detail = f"{usage.free / 1e9:.1f} GB free ({share:.0%}) at {existing}"
    if share < DISK_FAIL:
        return fail("disk", detail, "Free space now: PostgreSQL stops when the disk is full.")
    if share < DISK_WARN:
        return warn("disk", detail, "Free some space or make the disk larger.")
    return ok("disk", detail)


def _writable(path: Path) -> Finding:
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        return fail("uploads", f"{existing} cannot be written", "Give it to the account of the processes (MEDIA_ROOT).")
    return ok("uploads", f"{path} can be written")


def _pdf_libraries() -> Finding:
    missing = [package for library, package in PDF_LIBRARIES.items() if not _loads(library)]
    if missing:
        return fail("PDF libraries", f"missing: {', '.join(missing)}", f"apt-get install {' '.join(missing)}")
    return ok("PDF libraries", "Pango and HarfBuzz load")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        stem = library.partition(".so")[0].removeprefix("lib")
        return ctypes.util.find_library(stem) is not None  # other systems name the file otherwise
    return True


def _fonts() -> Finding:
    program = shutil.which("fc-list")
    if program is None:
        return warn("fonts", "fc-list is missing, so fonts cannot be listed", "apt-get install fontconfig")
    chinese = _families(program, ":lang=zh-cn")
    if not _families(program, ":lang=en"):
        return fail("fonts", "none installed", "apt-get install fonts-dejavu-core fonts-wqy-microhei")
    if not chinese:
        return fail("fonts", "none with Chinese: PDFs would show boxes", CJK_HINT)
    return ok("fonts", f"Chinese by {chinese[0]}")


def _families(program: str, pattern: str) -> list[str]:
    listed = subprocess.run(  # noqa: S603 (our own words only)
        [program, pattern, "family"], capture_output=True, text=True, timeout=20, check=False
    )
    return sorted({line.split(",")[0].strip() for line in listed.stdout.splitlines() if line.strip()})


def _zones() -> Finding:
    offset = datetime.now(UTC).astimezone().utcoffset()
    hours = offset.total_seconds() / 3600 if offset else 0.0
    return ok("time zone", f"machine at UTC{hours:+g}; every network has its own")
