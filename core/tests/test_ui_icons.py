"""Icons drawn from the archive of the lucide wheel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from core.icons import UnknownIcon, icon, icon_shapes

TEMPLATE_ICON = re.compile(r"""{%\s*icon\s+"(?P<tag>[^"]+)"|\b(?:icon|mark)="(?P<prop>[^"]+)\"""")
PYTHON_ICON = re.compile(r"""\bicon(?::\s*str)?\s*=\s*"(?P<name>[a-z0-9-]+)\"""")


def test_an_icon_is_hidden_from_screen_readers() -> None:
    assert icon("zap").startswith('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=')


def test_an_icon_that_stands_alone_says_what_it_means() -> None:
    assert 'role="img" aria-label="Close &amp; leave"' in icon("x", label="Close & leave")


def test_an_icon_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(UnknownIcon, match="no-such-icon"):
        icon_shapes("no-such-icon")


def test_an_icon_brings_no_style_and_no_script() -> None:
    assert not re.search(r"style=|<style|<script|\bon\w+=", icon("map-pin"))


def _named_icons() -> set[str]:
    names: set[str] = set()
    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        found = TEMPLATE_ICON.finditer(template.read_text(encoding="utf-8"))
        names.update(match["tag"] or match["prop"] for match in found)
    for app in ("core", "security", "stations", "services", "reports", "chargenet"):
        for module in Path(settings.BASE_DIR / app).rglob("*.py"):
            if "tests" not in module.parts:
                names.update(match["name"] for match in PYTHON_ICON.finditer(module.read_text(encoding="utf-8")))
    return {name for name in names if "{" not in name}


def test_every_icon_that_the_product_names_exists() -> None:
    names = _named_icons()
    missing = []
    for name in sorted(names):
        try:
            icon_shapes(name)
        except UnknownIcon:
            missing.append(name)
    assert len(names) > 30
    assert missing == []
