"""Opening hours in one cell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.importing.errors import CellError
from stations.importers.hours import Opening, OpeningParser
from stations.opening import DAYS, opening_text, week_from_json, week_lines, week_to_json

parse = OpeningParser()


@pytest.mark.parametrize("text", ["24/7", "Always open", "Open day and night", " 24h ", "全天"])
def test_a_site_that_never_closes(text: str) -> None:
    assert parse(text) == Opening(always=True, week={})


@pytest.mark.parametrize(
    ("text", "week"),
    [
        ("Mon 9-12", {"0": [["09:00", "12:00"]]}),
        ("Mon–Wed, Fri 08:00-18:00", {str(day): [["08:00", "18:00"]] for day in (0, 1, 2, 4)}),
        ("Sat-Mon 10-14", {str(day): [["10:00", "14:00"]] for day in (5, 6, 0)}),
        ("daily 6-22", {str(day): [["06:00", "22:00"]] for day in DAYS}),
        ("08:00-20:00", {str(day): [["08:00", "20:00"]] for day in DAYS}),
        ("Mon-Fri: 8-12, 13-17; Sat: 9-12; Sun closed",
         {**{str(day): [["08:00", "12:00"], ["13:00", "17:00"]] for day in range(5)}, "5": [["09:00", "12:00"]]}),
        ("Mo bis Fr 8-18", {str(day): [["08:00", "18:00"]] for day in range(5)}),
        ("周一至周五 08:00-18:00", {str(day): [["08:00", "18:00"]] for day in range(5)}),
        ('{"2": [["08:00", "12:00"]]}', {"2": [["08:00", "12:00"]]}),
        ("Fri 18-02", {"4": [["18:00", "02:00"]]}),
    ],
)  # fmt: skip
def test_days_with_their_hours(text: str, week: dict[str, Any]) -> None:
    assert parse(text) == Opening(always=False, week=week)


@pytest.mark.parametrize(
    "text", ["sometimes", "Mon", "Noday 8-12", "Mon-Tue-Wed 8-12", "Mon 8-25", "Mon 8-12, 11-14", '{"9": []}', "{"]
)
def test_what_is_no_opening_hours_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        parse(text, "hours")


hours = st.sampled_from([[], [["08:00", "18:00"]], [["08:00", "12:00"], ["13:00", "17:30"]], [["00:00", "24:00"]]])


@given(st.lists(hours, min_size=7, max_size=7).filter(any))
def test_hours_as_the_product_writes_them_are_read_again(days: list[Any]) -> None:
    week = week_from_json({str(day): spans for day, spans in enumerate(days) if spans})

    written = opening_text(always_open=False, week=week_to_json(week))

    assert written == "; ".join(f"{names} {text}" for names, text in week_lines(week))
    assert parse(str(written)) == Opening(always=False, week=week_to_json(week))
