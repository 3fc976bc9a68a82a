"""Icons as inline SVG, read from the archive of the ``lucide`` wheel and kept in memory."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from xml.sax.saxutils import unescape
from zipfile import ZipFile

from defusedxml import ElementTree
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_SVG = "{http://www.w3.org/2000/svg}"


class UnknownIcon(ValueError):
    """No icon of that name is in the archive."""


@cache
def icon_shapes(name: str) -> SafeString:
    """Return the shapes inside an icon's ``<svg>``; raises UnknownIcon."""
    with files("lucide").joinpath("lucide.zip").open("rb") as archive, ZipFile(archive) as icons:
        try:
            source = icons.read(f"{name}.svg")
        except KeyError:
            raise UnknownIcon(f"There is no icon {name!r}; see the list on lucide.dev.") from None
    shapes = [_shape(element.tag.removeprefix(_SVG), element.attrib) for element in ElementTree.fromstring(source)]
    return mark_safe("".join(shapes))  # noqa: S308  the shapes come from the installed archive, with escaped attributes


def _shape(tag: str, attributes: dict[str, str]) -> SafeString:
    drawn = mark_safe("".join(format_html(' {}="{}"', unescape(key), value) for key, value in attributes.items()))  # noqa: S308
    return format_html("<{}{}/>", tag, drawn)


@lru_cache(maxsize=2048)  # labels come in several languages, but there are few
def icon(name: str, *, label: str = "", css: str = "") -> SafeString:
    """Return an icon; hidden from screen readers unless ``label`` says what it means."""
    classes = f"icon {css}".strip()
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', classes, label, icon_shapes(name)
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', classes, icon_shapes(name)
    )
