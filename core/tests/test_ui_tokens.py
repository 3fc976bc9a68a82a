"""Colours: readable in both themes, and the same on paper as on the screen."""

from __future__ import annotations

import pytest

from core.palette import VEGA_CONFIG, Theme, palette, themed, with_colours

THEMES: tuple[Theme, ...] = ("light", "dark")
GROUNDS = ("canvas", "surface", "sunken", "hover")
TEXTS = (
    "text",
    "text-2",
    "text-3",
    "accent-text",
    "success-text",
    "info-text",
    "warning-text",
    "danger-text",
    "muted-text",
)
TONES = ("success", "info", "warning", "danger", "muted", "accent")
MARKS = ("kind-", "site-", "connector-", "severity-", "category-")


def _luminance(colour: str) -> float:
    """Relative luminance after WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert round(_contrast("#ffffff", "#000000"), 2) == 21.0


@pytest.mark.parametrize("theme", THEMES)
def test_texts_are_readable_on_every_ground(theme: Theme) -> None:
    colours = palette(theme)
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS]
    pairs += [(text, f"{tone}-soft") for tone in TONES for text in (f"{tone}-text", "text")]
    pairs += [
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("on-danger", "danger"),
        ("text-2", "accent-soft"),
    ]
    assert [pair for pair in pairs if _contrast(colours[pair[0]], colours[pair[1]]) < 4.5] == []


@pytest.mark.parametrize("theme", THEMES)
def test_marks_and_edges_of_controls_stand_out(theme: Theme) -> None:
    colours = palette(theme)
    marks = [name for name in colours if name.startswith(MARKS)] + ["line-control", "focus", *TONES]
    assert len(marks) > 30
    assert [(m, g) for m in marks for g in GROUNDS[:2] if _contrast(colours[m], colours[g]) < 3] == []


def test_the_dark_theme_sets_every_colour_of_the_light_one() -> None:
    light, dark = palette("light"), palette("dark")
    assert list(light) == list(dark)
    assert [name for name in light if light[name] == dark[name]] == []


def test_a_token_becomes_its_colour_at_any_depth() -> None:
    spec = {"layer": [{"mark": {"color": "token:accent"}}]}
    assert with_colours(spec, "dark") == {"layer": [{"mark": {"color": palette("dark")["accent"]}}]}


def test_data_that_looks_like_a_token_stays_data() -> None:
    spec = {"data": {"values": [{"name": "token:accent"}]}}
    assert with_colours(spec) == spec


def test_a_token_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError, match="no-such"):
        with_colours({"color": "token:no-such"})


def test_every_colour_of_the_charts_look_exists() -> None:
    assert "token:" not in str(with_colours(themed({})))


def test_a_specification_keeps_what_it_says_itself() -> None:
    spec = themed({"config": {"bar": {"color": "token:danger"}}})
    assert (spec["config"]["bar"], spec["config"]["line"]) == ({"color": "token:danger"}, VEGA_CONFIG["line"])
