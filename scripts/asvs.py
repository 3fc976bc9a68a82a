"""Checks docs/security/asvs.md: every requirement answered once, every file and test there, every count right.

The page answers levels 1 and 2 of OWASP ASVS 5.0.0. Whether an answer is true is for people to judge.
"""

import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = "docs/security/asvs.md"
ANSWERS = ("met", "not applicable", "open")
#: The level of each requirement of a section, in order of its numbers; "-" stands for level 3, "10.4" for V10.4.
LEVELS = {
    "1.1": "22",
    "1.2": "111112222",
    "1.3": "11222222222",
    "1.4": "222",
    "1.5": "12",
    "2.1": "122",
    "2.2": "112",
    "2.3": "1222",
    "2.4": "2",
    "3.2": "11",
    "3.3": "1222",
    "3.4": "112222",
    "3.5": "11122",
    "3.7": "22",
    "4.1": "122",
    "4.2": "2",
    "4.3": "22",
    "4.4": "1222",
    "5.1": "2",
    "5.2": "112",
    "5.3": "11",
    "5.4": "222",
    "6.1": "122",
    "6.2": "111111112222",
    "6.3": "1122",
    "6.4": "1122",
    "6.5": "22222",
    "6.6": "222",
    "6.8": "2222",
    "7.1": "222",
    "7.2": "1111",
    "7.3": "22",
    "7.4": "11222",
    "7.5": "22",
    "7.6": "22",
    "8.1": "12",
    "8.2": "112",
    "8.3": "1",
    "8.4": "2",
    "9.1": "111",
    "9.2": "1222",
    "10.1": "22",
    "10.2": "22",
    "10.3": "2222",
    "10.4": "11111222222",
    "10.5": "22222",
    "10.6": "22",
    "10.7": "222",
    "11.1": "22",
    "11.2": "222",
    "11.3": "112",
    "11.4": "1222",
    "11.5": "2",
    "11.6": "2",
    "12.1": "122",
    "12.2": "11",
    "12.3": "2222",
    "13.1": "2",
    "13.2": "22222",
    "13.3": "22",
    "13.4": "12222",
    "14.1": "22",
    "14.2": "1222",
    "14.3": "122",
    "15.1": "122",
    "15.2": "122",
    "15.3": "1222222",
    "16.1": "2",
    "16.2": "22222",
    "16.3": "2222",
    "16.4": "222",
    "16.5": "222",
    "17.1": "2",
    "17.2": "2222",
    "17.3": "22",
}
_ROW = re.compile(r"^\| V(?P<section>\d+\.\d+)\.(?P<place>\d+) \(L(?P<level>\d)\) \|", re.MULTILINE)
_COUNTED = re.compile(r"^\| (?:V(?P<chapter>\d+) [^|]+|all) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
_WEIGHED = re.compile(r"^\| (?:high|medium|small to medium|small|kept) \| (?P<numbers>V[^|]+) \|", re.MULTILINE)
_QUOTED = re.compile(r"`([^`]+)`")
_CITED = re.compile(
    r"(?P<path>\.?\w[\w.-]*(?:/[\w.-]+)+|\.?[\w-]+\.(?:md|txt|toml|in|example)|\.dockerignore)(?:::(?P<test>\w+))?"
)


@dataclass(frozen=True)
class Answer:
    """One row: its number such as "6.2.1", its level, what it answers, and what shows it."""

    number: str
    level: str
    answer: str
    shown: str

    @property
    def chapter(self) -> str:
        """Such as "6"."""
        return self.number.partition(".")[0]

    @property
    def cited(self) -> list[tuple[str, str]]:
        """Files with the name of a test in each, or ""."""
        matches = [_CITED.fullmatch(text) for text in _QUOTED.findall(self.shown)]
        return [(match["path"], match["test"] or "") for match in matches if match]


def answers(text: str) -> list[Answer]:
    """The rows of the page."""
    found = []
    for line in text.splitlines():
        match = _ROW.match(line)
        if match:
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            answer, shown = (cells[2], cells[3]) if len(cells) == 4 else ("", "")
            found.append(Answer(f"{match['section']}.{match['place']}", match["level"], answer, shown))
    return found


def problems(text: str, root: Path) -> list[str]:
    """What is wrong with the page `text` of the project in `root`, one line each."""
    rows = answers(text)
    return [*_numbers(rows), *_rows(rows, root), *_counts(text, rows), *_weights(text, rows)]


def _numbers(rows: list[Answer]) -> list[str]:
    wanted = {
        f"{section}.{place}": level
        for section, levels in LEVELS.items()
        for place, level in enumerate(levels, 1)
        if level != "-"
    }
    times = Counter(row.number for row in rows)
    return [
        *(f"V{number} is not answered" for number in wanted if not times[number]),
        *(f"V{number} is answered {count} times" for number, count in times.items() if count > 1),
        *(
            f"V{row.number} is no requirement of level {row.level}"
            for row in rows
            if wanted.get(row.number) != row.level
        ),
    ]


def _rows(rows: list[Answer], root: Path) -> list[str]:
    found = []
    for row in rows:
        if row.answer not in ANSWERS:
            found.append(f"V{row.number}: the answer is {row.answer!r}")
        if not row.shown:
            found.append(f"V{row.number}: nothing shows it")
        if row.answer == "met" and not row.cited:
            found.append(f"V{row.number} is met, but no file shows it")
        found += [f"V{row.number}: {problem}" for cited in row.cited if (problem := _missing(*cited, root))]
    return found


def _missing(path: str, test: str, root: Path) -> str:
    file = root / path
    if not file.exists():
        return f"{path} does not exist"
    if test and not re.search(rf"^\s*(?:async )?def {test}\(", file.read_text(), re.MULTILINE):
        return f"{path} has no {test}"
    return ""


def _counts(text: str, rows: list[Answer]) -> list[str]:
    right: dict[str, tuple[int, ...]] = {}
    for chapter in [*dict.fromkeys(row.chapter for row in rows), ""]:
        here = Counter(row.answer for row in rows if chapter in ("", row.chapter))
        right[chapter] = tuple(here[answer] for answer in ANSWERS)
    told = {match["chapter"] or "": tuple(map(int, match.groups()[1:])) for match in _COUNTED.finditer(text)}
    return [
        f"The summary of {f'V{chapter}' if chapter else 'all'} says {told.get(chapter)}, there are {right.get(chapter)}"
        for chapter in right | told
        if told.get(chapter) != right.get(chapter)
    ]


def _weights(text: str, rows: list[Answer]) -> list[str]:
    times = Counter(
        number for match in _WEIGHED.finditer(text) for number in re.findall(r"V([\d.]+)", match["numbers"])
    )
    still_open = {row.number for row in rows if row.answer == "open"}
    return [
        *(f"V{number} is open without a weight" for number in sorted(still_open - set(times))),
        *(f"V{number} has a weight but is not open" for number in times if number not in still_open),
        *(f"V{number} has {count} weights" for number, count in times.items() if count > 1),
    ]


def main() -> int:
    """Print what is wrong; 1 if there is anything."""
    text = (ROOT / PAGE).read_text()
    found = problems(text, ROOT)
    for problem in found:
        print(problem)
    print(f"{PAGE}: {len(answers(text))} answers, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
