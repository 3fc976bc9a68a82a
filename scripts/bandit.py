"""bandit over the product; fails on every finding that no line answers.

ruff's rules S are bandit's by the same numbers, and the code answers them line by line: `# noqa: S608 (reason)`, or in
pyproject.toml for a folder. bandit's own findings are held against those answers, so that each is given once.
"""

import fnmatch
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("chargenet", "core", "security", "stations", "services", "reports", "manage.py")
NOT_LOOKED_AT = "*/tests/*,*/migrations/*"
#: bandit tells of mark_safe twice.
SAME = {"B703": "S308"}
#: Asserts narrow types; importing a module is no use of it, and each use has a finding of its own.
LEFT_OUT = {"B101", "B403", "B404", "B405", "B406"}
ANSWER = re.compile(r"noqa:\s*([A-Z0-9, ]+)")


def main() -> int:
    """Run bandit, print what is not answered; 1 if there is any."""
    command = [sys.executable, "-m", "bandit", "-q", "-f", "json", "-r", *FOLDERS, "-x", NOT_LOOKED_AT]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 (fixed words)
    report = json.loads(done.stdout)
    folders: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"][
        "per-file-ignores"
    ]
    found = [one for one in report["results"] if not _is_answered(one, folders)]
    for one in found:
        print(f"{one['filename']}:{one['line_number']}: {one['test_id']} {one['issue_severity']} {one['issue_text']}")
    print(f"bandit: {len(report['results'])} findings, {len(found)} without an answer, {len(report['errors'])} errors")
    return 1 if found or report["errors"] else 0


def _is_answered(one: dict[str, Any], folders: dict[str, list[str]]) -> bool:
    if one["test_id"] in LEFT_OUT:
        return True
    rule = SAME.get(one["test_id"], one["test_id"].replace("B", "S", 1))
    name = one["filename"].removeprefix("./")
    if any(fnmatch.fnmatch(name, folder) and rule in rules for folder, rules in folders.items()):
        return True
    lines = (ROOT / name).read_text().splitlines()
    numbers = [one["line_number"], *one["line_range"]]
    if any(rule in match.group(1) for line in lines if "ruff: noqa" in line for match in ANSWER.finditer(line)):
        return True  # said once for the whole file
    text = lines[max(0, min(numbers) - 2) : max(numbers) + 1]
    return any(rule in match.group(1) for line in text for match in ANSWER.finditer(line))


if __name__ == "__main__":
    sys.exit(main())
