"""Texts that a spreadsheet program must not take for formulas."""

from __future__ import annotations

import re

# A program that takes a cell for a formula looks at its first character (OWASP, "CSV Injection"); full-width forms
# count in East Asian settings. A file with commas that is opened with another separator falls apart into new cells
# inside a text, so what follows ";", a tab or a line break is a beginning too.
_DANGEROUS = re.compile("(^|[;\t\r\n])(?=[=+\\-@\t\r＝＋－＠])")
_FIRST = frozenset("=+-@\t\r＝＋－＠")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?([eE][+-]?[0-9]{1,3})?")


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet program could calculate this text; a plain number such as "-5.2" is none."""
    return text[:1] in _FIRST and _NUMBER.fullmatch(text) is None


def harmless(text: str) -> str:
    """The text with an apostrophe before whatever could begin a formula; a plain number stays as it is."""
    if _DANGEROUS.search(text) is None or _NUMBER.fullmatch(text):
        return text
    return _DANGEROUS.sub(r"\1'", text)
