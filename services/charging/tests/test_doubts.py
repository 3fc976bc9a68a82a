"""What makes a session doubtful."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.importing.values import LocalMoment, local_moment
from services.charging.doubts import (
    MOST_WH,
    Span,
    Standing,
    Telling,
    certain,
    doubts_of,
    find_overlaps,
    likely_moments,
    most_wh,
)
from services.charging.models import Doubt

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


def telling(minutes: float | None = 60, **fields: Any) -> Telling:
    """A session without doubts, but for the fields given."""
    values: dict[str, Any] = {
        "known": True,
        "at_test_site": False,
        "started": certain(START),
        "ended": None if minutes is None else certain(START + timedelta(minutes=minutes)),
        "energy_wh": 7_000,
        "rated_kw": Decimal(22),
    }
    return Telling(**(values | fields))


def london(text: str) -> LocalMoment:
    return local_moment(datetime.fromisoformat(text), LONDON)


def test_a_plain_session_has_no_doubts() -> None:
    assert doubts_of(telling()) == []


@pytest.mark.parametrize(
    ("told", "doubt"),
    [
        (telling(known=False), Doubt.UNKNOWN_CHARGER),
        (telling(at_test_site=True), Doubt.TEST_SITE),
        (telling(None), Doubt.OPEN),
        (telling(energy_wh=None), Doubt.OPEN),
        (telling(-1), Doubt.ENDS_BEFORE_START),
        (telling(energy_wh=-1), Doubt.NEGATIVE_ENERGY),
        (telling(24 * 60 + 1), Doubt.TOO_LONG),
    ],
)
def test_one_thing_wrong_is_one_doubt(told: Telling, doubt: Doubt) -> None:
    assert doubts_of(told) == [doubt]


@pytest.mark.parametrize(
    "told",
    [
        telling(0, energy_wh=0),
        telling(24 * 60),
        telling(energy_wh=0),
        telling(20 * 60, energy_wh=MOST_WH, rated_kw=None),
        telling(20 * 60, energy_wh=900_000, rated_kw=None),
    ],
)
def test_the_limits_themselves_are_no_doubt(told: Telling) -> None:
    assert doubts_of(told) == []


def test_more_than_any_battery_holds_is_impossible() -> None:
    assert doubts_of(telling(20 * 60, energy_wh=MOST_WH + 1, rated_kw=None)) == [Doubt.IMPOSSIBLE_ENERGY]


def test_above_rated_power_begins_a_tenth_and_a_minute_above_the_plate() -> None:
    most = most_wh(Decimal(22), timedelta(minutes=60))
    assert most == 24_603  # 22 kW × 1.1 × 61 minutes
    assert doubts_of(telling(energy_wh=most)) == []
    assert doubts_of(telling(energy_wh=most + 1)) == [Doubt.ABOVE_RATED_POWER]


def test_a_session_of_no_length_may_have_what_a_minute_gives() -> None:
    assert doubts_of(telling(0, energy_wh=403)) == []
    assert doubts_of(telling(0, energy_wh=404)) == [Doubt.ABOVE_RATED_POWER]


def test_power_is_not_judged_where_no_rating_or_no_length_is_known() -> None:
    assert doubts_of(telling(1, energy_wh=90_000, rated_kw=None)) == []
    assert doubts_of(telling(None, energy_wh=90_000)) == [Doubt.OPEN]
    assert doubts_of(telling(-1, energy_wh=90_000)) == [Doubt.ENDS_BEFORE_START]


def test_several_doubts_come_in_the_order_in_which_they_count() -> None:
    told = telling(None, known=False, at_test_site=True, energy_wh=-5)
    assert doubts_of(told) == [Doubt.UNKNOWN_CHARGER, Doubt.TEST_SITE, Doubt.OPEN, Doubt.NEGATIVE_ENERGY]


@given(
    st.booleans(),
    st.booleans(),
    st.one_of(st.none(), st.integers(-3_000, 3_000)),
    st.one_of(st.none(), st.integers(-10, 2 * MOST_WH)),
)
def test_doubts_always_come_in_the_order_of_the_enum(
    known: bool, test: bool, minutes: int | None, energy: int | None
) -> None:
    places = [Doubt.values.index(doubt) for doubt in doubts_of(telling(minutes, known=known, at_test_site=test))]
    assert places == sorted(places)
    assert doubts_of(telling(minutes, energy_wh=energy)).count(Doubt.OVERLAP) == 0


def test_a_reading_that_the_clock_jumped_over_is_doubtful() -> None:
    told = telling(started=london("2018-03-25T01:30"), ended=london("2018-03-25T03:00"))
    assert doubts_of(told) == [Doubt.NO_SUCH_TIME]


def test_a_reading_that_the_clock_showed_twice_is_doubtful_as_start_and_as_end() -> None:
    early, doubled, late = london("2017-10-29T00:30"), london("2017-10-29T01:30"), london("2017-10-29T02:30")
    assert doubts_of(telling(started=early, ended=doubled)) == [Doubt.AMBIGUOUS_TIME]
    assert doubts_of(telling(started=doubled, ended=late)) == [Doubt.AMBIGUOUS_TIME]
    assert doubts_of(telling(started=early, ended=late)) == []


def test_an_end_before_the_start_in_the_doubled_hour_is_kept_as_the_later_reading() -> None:
    started, ended = london("2017-10-29T01:55"), london("2017-10-29T01:20")
    assert doubts_of(telling(started=started, ended=ended)) == [Doubt.AMBIGUOUS_TIME, Doubt.ENDS_BEFORE_START]
    assert likely_moments(started, ended) == (
        datetime(2017, 10, 29, 0, 55, tzinfo=UTC),
        datetime(2017, 10, 29, 1, 20, tzinfo=UTC),
    )


def test_an_end_that_cannot_be_after_the_start_is_kept_as_told() -> None:
    started, ended = certain(START), certain(START - timedelta(days=9))
    assert likely_moments(started, ended) == (START, START - timedelta(days=9))


# -- overlaps ---------------------------------------------------------------------------------------------------------


def span(key: int, start: int, end: int, standing: Standing = Standing.WITH_ENERGY, connector: int = 1) -> Span:
    """Minutes after START."""
    return Span(connector, START + timedelta(minutes=start), START + timedelta(minutes=end), standing, key)


def overlaps(*spans: Span) -> dict[int, int]:
    return dict(find_overlaps(sorted(spans)))


def test_neighbours_do_not_overlap() -> None:
    assert overlaps(span(1, 0, 10), span(2, 10, 20)) == {}


def test_the_session_that_began_first_keeps_the_connector() -> None:
    assert overlaps(span(2, 0, 10), span(1, 5, 15)) == {1: 2}


def test_sessions_at_two_connectors_do_not_overlap() -> None:
    assert overlaps(span(1, 0, 10), span(2, 5, 15, connector=2)) == {}


def test_a_session_with_energy_keeps_the_connector_from_one_without() -> None:
    assert overlaps(span(1, 0, 10, Standing.WITHOUT_ENERGY), span(2, 5, 15)) == {1: 2}


def test_what_was_accepted_before_keeps_the_connector_whoever_began_first() -> None:
    assert overlaps(span(1, 0, 10), span(-7, 5, 15, Standing.ACCEPTED)) == {1: -7}


def test_a_third_session_that_overlaps_only_one_set_aside_stays() -> None:
    assert overlaps(span(1, 0, 10), span(2, 5, 15), span(3, 12, 20)) == {2: 1}


def test_a_session_without_length_overlaps_nothing() -> None:
    assert overlaps(span(1, 0, 10), span(2, 5, 5), span(3, 0, 0)) == {}


def test_a_doubtful_session_holds_nothing_but_is_told_whom_it_overlaps() -> None:
    assert overlaps(span(1, 0, 90, Standing.DOUBTFUL), span(2, 5, 15)) == {1: 2}


SPANS = st.lists(
    st.builds(
        lambda start, length, standing, connector: (start, start + length, standing, connector),
        st.integers(0, 60),
        st.integers(-2, 20),
        st.sampled_from([Standing.WITH_ENERGY, Standing.WITHOUT_ENERGY, Standing.DOUBTFUL]),
        st.integers(1, 2),
    ),
    max_size=25,
)


@given(SPANS)
def test_whoever_keeps_a_connector_keeps_it_alone_and_whoever_does_not_overlaps_a_keeper(rows: Any) -> None:
    spans = [span(key, *row) for key, row in enumerate(rows)]
    aside = overlaps(*spans)
    real = [one for one in spans if one.end > one.start]
    keepers = {one.key: one for one in real if one.key not in aside and one.standing is not Standing.DOUBTFUL}
    for one in real:
        others = [other.key for other in keepers.values() if other.key != one.key and _share_time(one, other)]
        assert bool(others) == (one.key in aside)
        if others:
            assert aside[one.key] in others


def _share_time(one: Span, other: Span) -> bool:
    return one.connector == other.connector and max(one.start, other.start) < min(one.end, other.end)
