"""The page that answers OWASP ASVS is complete, and what it cites is there."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROW = "| V6.2.1 (L1) |"


@pytest.fixture(scope="module")
def asvs():
    """The script, which belongs to no package."""
    spec = importlib.util.spec_from_file_location("asvs", ROOT / "scripts" / "asvs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(asvs):
    return (ROOT / asvs.PAGE).read_text()


def test_the_page_is_right(asvs, page):
    assert asvs.problems(page, ROOT) == []


def test_every_requirement_of_both_levels_is_known(asvs):
    levels = "".join(asvs.LEVELS.values())
    assert (levels.count("1"), levels.count("2")) == (70, 183)


def line_of(page):
    return next(line for line in page.splitlines() if line.startswith(ROW))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda page: page.replace(line_of(page) + "\n", ""), "V6.2.1 is not answered"),
        (lambda page: page.replace(line_of(page), f"{line_of(page)}\n{line_of(page)}"), "V6.2.1 is answered 2 times"),
        (lambda page: page.replace(ROW, "| V6.2.1 (L2) |"), "V6.2.1 is no requirement of level 2"),
        (lambda page: page.replace("passwords.py::test_what_is", "passwords.py::test_who_is"), "has no test_who_is"),
        (lambda page: page.replace("security/signing/passwords.py", "security/gone.py"), "gone.py does not exist"),
        (lambda page: re.sub(r"(V6 Authentication \| )\d+", r"\g<1>99", page), "The summary of V6 says"),
        (lambda page: re.sub(r"(\| all \| )\d+", r"\g<1>99", page), "The summary of all says"),
        (lambda page: page.replace("| high | V6.3.3 |", "| high | V6.2.1 |"), "V6.3.3 is open without a weight"),
        (lambda page: page.replace("| high | V6.3.3 |", "| high | V6.2.1 |"), "V6.2.1 has a weight but is not open"),
    ],
)  # fmt: skip
def test_a_page_that_is_wrong_is_found(asvs, page, change, told):
    changed = change(page)
    assert changed != page
    assert any(told in problem for problem in asvs.problems(changed, ROOT))
