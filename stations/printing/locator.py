"""A drawing that shows where a site lies: district outlines, the sites around it, a scale. It needs no map tiles.

Projected around the site (equirectangular, true to scale at its latitude), which is exact enough for some kilometres.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from core.formatting import number
from core.palette import PAPER_FONT, palette
from stations.geo import EARTH_RADIUS_M, Place, distance_m
from stations.outlines import rings_of
from stations.vocabulary import SiteKind, SiteStatus

WIDTH, HEIGHT = 340, 250
SMALLEST_REACH_M, LARGEST_REACH_M = 400.0, 12_000.0
_WANTED_NEIGHBOURS = 6
_LABELLED = 6
_MOST_DRAWN = 400
_MOST_VERTICES = 20_000
_MARGIN = 30


@dataclass(frozen=True)
class Spot:
    """A site to draw."""

    code: str
    place: Place
    kind: str
    status: str


@dataclass(frozen=True)
class _Sheet:
    """The drawing's own coordinates: pixels from the top left."""

    middle: Place
    pixels_per_metre: float

    def point(self, latitude: float, longitude: float) -> tuple[float, float]:
        metres = math.radians(1) * EARTH_RADIUS_M
        east = (longitude - self.middle.longitude) * metres * math.cos(math.radians(self.middle.latitude))
        north = (latitude - self.middle.latitude) * metres
        return WIDTH / 2 + east * self.pixels_per_metre, HEIGHT / 2 - north * self.pixels_per_metre


def reach_of(middle: Place, others: Iterable[Spot]) -> float:
    """How far the drawing reaches, in metres: to the nearest few neighbours, within sensible bounds."""
    distances = sorted(distance_m(middle, other.place) for other in others)
    wanted = distances[:_WANTED_NEIGHBOURS][-1] if distances else SMALLEST_REACH_M * 2
    return min(max(wanted, SMALLEST_REACH_M), LARGEST_REACH_M)


def locator_svg(site: Spot, others: Sequence[Spot], outlines: Iterable[Mapping[str, Any]], *, title: str) -> SafeString:
    """An SVG picture with `site` in its middle; `outlines` are GeoJSON polygons, `title` is read aloud."""
    colours = palette()
    reach = reach_of(site.place, others)
    sheet = _Sheet(site.place, (HEIGHT / 2 - _MARGIN) / reach)
    near = sorted(others, key=lambda other: distance_m(site.place, other.place))[:_MOST_DRAWN]
    placed = [(other, sheet.point(*other.place)) for other in near]
    drawn = [(other, at) for other, at in placed if 0 < at[0] < WIDTH and 0 < at[1] < HEIGHT]
    parts = [
        _districts(sheet, outlines, colours),
        *(_mark(at, other.kind, other.status, colours, radius=3.2) for other, at in drawn),
        *_labels([(other.code, at) for other, at in drawn[:_LABELLED]], colours),
        _here((WIDTH / 2, HEIGHT / 2), site.kind, site.status, colours),
        _scale(sheet, colours),
        _north(colours),
    ]
    frame = f'width="{WIDTH - 1}" height="{HEIGHT - 1}" fill="none" stroke="{colours["line"]}"'
    return mark_safe(  # noqa: S308  numbers and colours of ours; texts are escaped where they are put in
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" font-family="{PAPER_FONT}"><title>{escape(title)}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colours["canvas"]}"/>{"".join(parts)}'
        f'<rect x="0.5" y="0.5" {frame}/></svg>'
    )


def _districts(sheet: _Sheet, outlines: Iterable[Mapping[str, Any]], colours: Mapping[str, str]) -> str:
    paths = []
    left = _MOST_VERTICES
    for outline in outlines:
        for ring in rings_of(outline):
            left -= len(ring)
            points = [sheet.point(latitude, longitude) for longitude, latitude in ring]
            if left < 0 or not _touches(points):
                continue
            paths.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z")
    land, line = colours["map-land"], colours["map-line"]
    return f'<path d="{"".join(paths)}" fill="{land}" stroke="{line}" fill-rule="evenodd"/>' if paths else ""


def _touches(points: Sequence[tuple[float, float]]) -> bool:
    """Whether the box around the points touches the drawing."""
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    return bool(points) and min(xs) < WIDTH and max(xs) > 0 and min(ys) < HEIGHT and max(ys) > 0


def _mark(at: tuple[float, float], kind: str, status: str, colours: Mapping[str, str], *, radius: float) -> str:
    """A site, in the shapes of the map: a circle, a square (distribution centre), a diamond (member store)."""
    x, y = at
    colour = colours["muted"] if status == SiteStatus.CLOSED else colours[f"kind-{kind.replace('_', '-')}"]
    fill = colours["surface"] if status in (SiteStatus.PLANNED, SiteStatus.SUSPENDED) else colour
    paint = f'fill="{fill}" stroke="{colour}" stroke-width="1.2"'
    if kind == SiteKind.DISTRIBUTION_CENTRE:
        size = radius * 2
        return f'<rect x="{x - radius:.1f}" y="{y - radius:.1f}" width="{size:.1f}" height="{size:.1f}" {paint}/>'
    if kind == SiteKind.MEMBER_STORE:
        reach = radius * 1.35
        corners = f"{x:.1f},{y - reach:.1f} {x + reach:.1f},{y:.1f} {x:.1f},{y + reach:.1f} {x - reach:.1f},{y:.1f}"
        return f'<polygon points="{corners}" {paint}/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" {paint}/>'


def _here(at: tuple[float, float], kind: str, status: str, colours: Mapping[str, str]) -> str:
    x, y = at
    ring = f'<circle cx="{x}" cy="{y}" r="13" fill="none" stroke="{colours["text"]}" stroke-width="1.6"/>'
    return ring + _mark(at, kind, status, colours, radius=6)


def _labels(named: Iterable[tuple[str, tuple[float, float]]], colours: Mapping[str, str]) -> Iterator[str]:
    """Codes beside their marks, as far as they do not cover each other, the site in the middle or the scale."""
    taken: list[tuple[float, float, float, float]] = [
        (WIDTH / 2 - 15, HEIGHT / 2 - 15, WIDTH / 2 + 15, HEIGHT / 2 + 15),
        (0, HEIGHT - 26, 120, HEIGHT),
        (WIDTH - 28, 0, WIDTH, 34),
    ]
    for text, (x, y) in named:
        width = 5.2 * len(text) + 2
        left = x + 6 if x + 6 + width < WIDTH - 2 else x - 6 - width
        box = (left, y - 6, left + width, y + 5)
        if left < 2 or any(_cover(box, other) for other in taken):
            continue
        taken.append(box)
        colour = colours["text-2"]
        yield f'<text x="{left:.1f}" y="{y + 3:.1f}" font-size="8.5" fill="{colour}">{escape(text)}</text>'


def _cover(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def scale_length_m(reach: float) -> int:
    """A round length (1, 2 or 5 times a power of ten, in metres) that takes about a third of the drawing."""
    most = reach * 0.8
    power = 10 ** math.floor(math.log10(most))
    return int(next(power * step for step in (5, 2, 1) if power * step <= most))


def _scale(sheet: _Sheet, colours: Mapping[str, str]) -> str:
    length = scale_length_m((HEIGHT / 2 - _MARGIN) / sheet.pixels_per_metre)
    text = f"{number(length // 1000)} km" if length >= 1000 else f"{number(length)} m"
    end = 10 + length * sheet.pixels_per_metre
    y = HEIGHT - 10
    colour = colours["text"]
    lines = "".join(
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'
        for x1, y1, x2, y2 in _bracket(10, end, y)
    )
    return lines + f'<text x="10" y="{y - 6}" font-size="9" fill="{colour}">{escape(text)}</text>'


def _bracket(start: float, end: float, y: float) -> list[tuple[float, float, float, float]]:
    return [(start, y, end, y), (start, y - 3, start, y + 3), (end, y - 3, end, y + 3)]


def _north(colours: Mapping[str, str]) -> str:
    x, colour = WIDTH - 16, colours["text"]
    return (
        f'<polygon points="{x},8 {x + 4.5},20 {x},17 {x - 4.5},20" fill="{colour}"/>'
        f'<text x="{x}" y="30" font-size="9" text-anchor="middle" fill="{colour}">N</text>'
    )
