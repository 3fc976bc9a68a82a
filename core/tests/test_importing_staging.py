"""The temporary table of set-based imports, and how rows get into it and out of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.importing.rows import Issue, Outcome, Row, Tally
from core.importing.staging import Stage, copy_rows

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


def stage_of(*names: str) -> Stage:
    """A stage with a row for each name."""
    stage = Stage("some_rows", {"name": "text"})
    rows = [Row(number, number + 1, "", {}, {}) for number in range(1, len(names) + 1)]
    stage.copy(rows, lambda row: [names[row.ordinal - 1]])
    return stage


def tell(reason: str, field: str, ordinal: int) -> Issue:
    return Issue(field, "", reason, f"words for {reason}")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.one_of(st.none(), TEXTS), min_size=1, max_size=5), several=st.lists(TEXTS, max_size=3))
def test_every_text_comes_out_as_it_went_in(scoped: Any, texts: list[str | None], several: list[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE texts (number integer, text text, several text[])")
        copy_rows("texts", ["number", "text", "several"], [(n, text, several) for n, text in enumerate(texts)])
        cursor.execute("SELECT text, several FROM texts ORDER BY number")
        assert cursor.fetchall() == [(text, several) for text in texts]
        cursor.execute("DROP TABLE texts")


def test_values_of_every_kind_come_out_as_they_went_in(scoped: Any) -> None:
    columns = {
        "flag": ("boolean", True),
        "figure": ("bigint", -5),
        "amount": ("numeric", Decimal("12.50")),
        "day": ("date", date(2018, 9, 6)),
        "clock": ("time", time(23, 55)),
        "moment": ("timestamptz", datetime(2018, 9, 6, 22, 55, tzinfo=UTC)),
        "thing": ("jsonb", {"a": ["\\", "\t", "“x”"]}),
        "nothing": ("text", None),
    }
    stage = Stage("some_rows", {name: kind for name, (kind, _value) in columns.items()})
    stage.copy([Row(1, 2, "S", {}, {})], lambda row: [value for _kind, value in columns.values()])
    (found,) = stage.rows(f"SELECT ordinal, number, sheet, {', '.join(columns)} FROM some_rows")
    thing = list(found).pop(3 + list(columns).index("thing"))
    assert json.loads(thing) == columns["thing"][1]
    expected = [1, 2, "S", *[value for _kind, value in columns.values()]]
    assert [value for value in found if value != thing] == [value for value in expected if not isinstance(value, dict)]


def test_rows_are_decided_once(scoped: Any) -> None:
    stage = stage_of("a", "b", "c")
    assert stage.decide(Outcome.ASIDE, "name IN ('a', 'b')", reason="odd") == 2
    assert stage.decide(Outcome.NEW, "true") == 1
    assert stage.rows("SELECT name, outcome FROM some_rows ORDER BY ordinal") == [
        ("a", "aside"),
        ("b", "aside"),
        ("c", "new"),
    ]


def test_the_stage_reports_counts_and_words(scoped: Any) -> None:
    stage, tally = stage_of("a", "b", "c"), Tally()
    stage.decide(Outcome.ASIDE, "name = 'a'", reason="odd", field="name")
    stage.decide(Outcome.WRONG, "name = 'b'", reason="bad", message="own words")
    stage.decide(Outcome.NEW, "true")
    stage.report(tally, tell)
    counts = tally.as_dict()
    assert (counts["new"], counts["reasons"]["aside"], counts["reasons"]["wrong"]) == (1, {"odd": 1}, {"bad": 1})
    assert [(number, str(kind), issue.message) for _ordinal, number, _sheet, kind, issue in tally.pending] == [
        (2, "aside", "words for odd"),
        (3, "wrong", "own words"),
    ]


def test_rows_that_nobody_decided_are_a_mistake_unless_they_have_a_default(scoped: Any) -> None:
    stage = stage_of("a", "b")
    with pytest.raises(ValueError, match="2 rows were not decided"):
        stage.report(Tally(), tell)
    tally = Tally()
    stage.report(tally, tell, undecided=Outcome.NEW)
    assert tally.outcomes == {"new": 2}


def test_a_stage_goes_with_its_transaction(cast: Any) -> None:
    with transaction.atomic():
        stage = stage_of("a")
        stage.analyze()
        stage.analyze()
        again = Stage("some_rows", {"name": "text"})
        assert again.rows("SELECT count(*) FROM some_rows") == [(0,)]
