"""The doubts about a year of real sessions are those that are known of them."""

from collections import Counter
from datetime import UTC, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from core.importing.values import local_moment
from services.charging.doubts import MOST_WH, Span, Standing, Telling, doubts_of, find_overlaps, likely_moments
from services.charging.models import Doubt
from stations.registers.dundee import guess_model
from stations.tests.dundee_reading import DundeeSession, parse_session
from tests.shared_data import dundee_rows

pytestmark = pytest.mark.shared_data
LONDON = ZoneInfo("Europe/London")
# Sessions and Wh by the doubt that they are counted under.
COUNTED_UNDER = {
    "accepted": (63_526, 552_790_636),
    Doubt.UNKNOWN_CHARGER: (2, 0),
    Doubt.TEST_SITE: (464, 4_820_857),
    Doubt.OPEN: (327, 0),
    Doubt.AMBIGUOUS_TIME: (15, 199_320),
    Doubt.ENDS_BEFORE_START: (3, 18_500),
    Doubt.NEGATIVE_ENERGY: (29, -890_790),
    Doubt.IMPOSSIBLE_ENERGY: (1, 1_430_170),
    Doubt.ABOVE_RATED_POWER: (383, 4_840_224),
    Doubt.TOO_LONG: (2_338, 19_089_547),
    Doubt.OVERLAP: (24, 11_570),
}


@cache
def judged() -> list[tuple[DundeeSession, Telling, list[Doubt]]]:
    """Every session with its doubts but overlaps."""
    found = []
    for row in dundee_rows():
        told = parse_session(row)
        telling = Telling(
            known=bool(told.charge_point),
            at_test_site=told.is_test,
            started=local_moment(told.started, LONDON),
            ended=local_moment(told.ended, LONDON) if told.ended else None,
            energy_wh=told.wh,
            rated_kw=guess_model(told.model).kw,
        )
        found.append((told, telling, doubts_of(telling)))
    return found


def test_how_many_sessions_have_each_doubt() -> None:
    counts = Counter(doubt for _told, _telling, doubts in judged() for doubt in doubts)
    assert counts == {
        Doubt.UNKNOWN_CHARGER: 2,
        Doubt.TEST_SITE: 464,
        Doubt.OPEN: 329,
        Doubt.AMBIGUOUS_TIME: 15,
        Doubt.ENDS_BEFORE_START: 6,
        Doubt.NEGATIVE_ENERGY: 29,
        Doubt.IMPOSSIBLE_ENERGY: 1,
        Doubt.ABOVE_RATED_POWER: 384,
        Doubt.TOO_LONG: 2_343,
    }


def test_thirteen_sessions_start_in_the_doubled_hour_and_two_more_only_end_in_it() -> None:
    starts = [telling.started.kind for _told, telling, _doubts in judged()]
    assert Counter(starts) == {"certain": 67_112 - 13, "twice": 13}


def test_the_impossible_one_is_known() -> None:
    (told,) = [told for told, _telling, doubts in judged() if Doubt.IMPOSSIBLE_ENERGY in doubts]
    assert (told.id, told.wh) == ("7521518", 1_430_170)
    assert max(told.wh for told, _telling, _doubts in judged() if told.wh and told.wh <= MOST_WH) == 98_430


def test_negative_sessions_have_the_known_sum() -> None:
    assert sum(told.wh for told, _telling, doubts in judged() if Doubt.NEGATIVE_ENERGY in doubts) == -890_790


def test_ninety_two_sessions_start_before_the_one_before_them_has_ended() -> None:
    """The known count: closed sessions of a connector by start, at equal starts the later number first.

    Fifty of them meet a session without length in their own minute, which holds no moment; forty-two share time with
    the session before them.
    """
    connectors: dict[tuple[str, int], list[DundeeSession]] = {}
    for told, _telling, _doubts in judged():
        if told.ended is not None:
            connectors.setdefault((told.charge_point, told.connector), []).append(told)
    pairs = []
    for sessions in connectors.values():
        ordered = sorted(sessions, key=lambda told: (told.started, -int(told.id)))
        pairs += [
            (before, after)
            for before, after in zip(ordered, ordered[1:], strict=False)
            if before.ended and after.started < before.ended
        ]
    assert len(pairs) == 92
    assert sum(after.ended == after.started == before.started for before, after in pairs) == 50


def spans(doubtful_too: bool) -> list[Span]:
    places: dict[tuple[str, int], int] = {}
    found = []
    for told, telling, doubts in judged():
        start, end = likely_moments(telling.started, telling.ended)
        if end is None or not telling.known or (doubts and not doubtful_too):
            continue
        standing = Standing.DOUBTFUL if doubts else Standing.WITH_ENERGY if told.wh else Standing.WITHOUT_ENERGY
        place = places.setdefault((told.charge_point, told.connector), len(places))
        found.append(Span(place, start, end, standing, int(told.id)))
    return sorted(found)


def test_who_is_set_aside_for_an_overlap() -> None:
    aside = dict(find_overlaps(spans(doubtful_too=False)))
    assert len(aside) == 24
    by_id = {int(told.id): told for told, _telling, _doubts in judged()}
    assert sum(by_id[key].wh or 0 for key in aside) == 11_570


def test_what_is_left_overlaps_nowhere() -> None:
    aside = dict(find_overlaps(spans(doubtful_too=True)))
    left = [span for span in spans(doubtful_too=False) if span.key not in aside]
    assert all(
        before.end <= after.start
        for before, after in zip(left, left[1:], strict=False)
        if before.connector == after.connector and before.end > before.start and after.end > after.start
    )


def test_every_session_is_counted_under_one_doubt_or_accepted() -> None:
    aside = dict(find_overlaps(spans(doubtful_too=True)))
    counted: Counter[str] = Counter()
    energy: Counter[str] = Counter()
    for told, _telling, doubts in judged():
        under = doubts[0] if doubts else Doubt.OVERLAP if int(told.id) in aside else "accepted"
        counted[under] += 1
        energy[under] += told.wh or 0
    assert counted.total() == 67_112
    assert energy.total() == 582_310_034
    assert {under: (counted[under], energy[under]) for under in counted} == COUNTED_UNDER


def test_time_is_elapsed_time_also_over_a_change_of_clocks() -> None:
    for told, telling, doubts in judged():
        start, end = likely_moments(telling.started, telling.ended)
        if end is not None and told.ended is not None and Doubt.AMBIGUOUS_TIME not in doubts:
            elapsed = told.ended.replace(tzinfo=LONDON).astimezone(UTC) - told.started.replace(tzinfo=LONDON)
            assert (elapsed > timedelta(hours=24)) == (Doubt.TOO_LONG in doubts)
