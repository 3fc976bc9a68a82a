"""Which sessions are doubtful, and why: pure functions, the same for files, chargers and people at the counter.

Each doubt is judged on its own, so a session may have several; it is counted under the first in the order of `Doubt`.
A session without doubts is accepted. What exactly makes each of them:

unknown_charger     no charger and connector of the network was found for what the source tells
test_site           the site is a test site
open                there is no end, or no energy
no_such_time        the start or end is a reading that clocks in the zone jumped over
ambiguous_time      the start or end is a reading that clocks in the zone showed twice
ends_before_start   the end is before the start, as the source tells them (readings of the same clock)
negative_energy     less than 0 Wh
impossible_energy   more than 1,000 kWh: more than the traction battery of any vehicle on the road holds
above_rated_power   more energy than the rated power of the connector (else of the charger) gives in the time of the
                    session and one minute more, plus a tenth: times are often told in whole minutes, and chargers
                    give a little more than their plate says
too_long            more than 24 hours of elapsed time
overlap             another session holds the connector at some moment between start (included) and end (excluded);
                    see `find_overlaps` for which of the two is set aside
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

from core.energy import wh_at
from core.importing.values import LocalMoment
from services.charging.models import Doubt

LONGEST = timedelta(hours=24)
MOST_WH = 1_000_000
POWER_TOLERANCE = Decimal("1.1")
TIME_TOLERANCE = timedelta(minutes=1)


_TIME_DOUBTS = (("missing", Doubt.NO_SUCH_TIME), ("twice", Doubt.AMBIGUOUS_TIME))


def certain(moment: datetime) -> LocalMoment:
    """A moment that leaves no doubt, such as a charger tells it."""
    return LocalMoment("certain", (moment.astimezone(UTC),))


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be judged of a session."""

    known: bool
    """Whether its connector was found."""
    at_test_site: bool
    started: LocalMoment
    ended: LocalMoment | None
    energy_wh: int | None
    rated_kw: Decimal | None
    """Rated power of the connector (or the charger); None where nobody knows."""


def likely_moments(started: LocalMoment, ended: LocalMoment | None) -> tuple[datetime, datetime | None]:
    """The moments to keep: of a doubtful reading the earlier one, but an end that is not before the start if it can."""
    start = started.candidates[0]
    if ended is None:
        return start, None
    if ended.candidates[0] >= start:  # nearly always
        return start, ended.candidates[0]
    return start, next((moment for moment in ended.candidates if moment >= start), ended.moment)


def doubts_of(told: Telling) -> list[Doubt]:
    """The doubts about one session in the order of `Doubt`, without overlaps: those need the other sessions."""
    doubts = []
    if not told.known:
        doubts.append(Doubt.UNKNOWN_CHARGER)
    if told.at_test_site:
        doubts.append(Doubt.TEST_SITE)
    if told.ended is None or told.energy_wh is None:
        doubts.append(Doubt.OPEN)
    kinds = (told.started.kind, told.ended.kind if told.ended is not None else "certain")
    if kinds != ("certain", "certain"):
        doubts += [doubt for kind, doubt in _TIME_DOUBTS if kind in kinds]
    if told.ended is not None and told.ended.moment < told.started.moment:
        doubts.append(Doubt.ENDS_BEFORE_START)
    start, end = likely_moments(told.started, told.ended)
    doubts += _energy_doubts(told, None if end is None else end - start)
    if end is not None and end - start > LONGEST:
        doubts.append(Doubt.TOO_LONG)
    return doubts


def _energy_doubts(told: Telling, length: timedelta | None) -> list[Doubt]:
    energy = told.energy_wh
    if energy is None:
        return []
    if energy < 0:
        return [Doubt.NEGATIVE_ENERGY]
    doubts = []
    if energy > MOST_WH:
        doubts.append(Doubt.IMPOSSIBLE_ENERGY)
    if length is not None and length >= timedelta(0) and told.rated_kw is not None:
        # Cheap first: nearly no session comes near the limit.
        seconds = length.total_seconds() + TIME_TOLERANCE.total_seconds()
        if energy * 3.5 > float(told.rated_kw) * seconds and energy > most_wh(told.rated_kw, length):
            doubts.append(Doubt.ABOVE_RATED_POWER)
    return doubts


def most_wh(rated_kw: Decimal, length: timedelta) -> int:
    """The most energy in Wh that a session of this length may have at a connector of this power without a doubt."""
    return wh_at(rated_kw * POWER_TOLERANCE, length + TIME_TOLERANCE)


class Standing(IntEnum):
    """Who holds a connector when sessions overlap: the lower keeps it."""

    ACCEPTED = 0
    """Accepted before: nobody but a person takes that back."""
    WITH_ENERGY = 1
    WITHOUT_ENERGY = 2
    """Of two sessions that come together, the one that gave energy is more likely to have been there."""
    DOUBTFUL = 3
    """Set aside for another reason: it holds nothing, but is told whom it overlaps."""


class Span(NamedTuple):
    """The time [start, end) of one session at a connector. `key` names the session to the caller."""

    connector: int
    start: datetime
    end: datetime
    standing: Standing
    key: int


def find_overlaps(spans: Iterable[Span]) -> Iterator[tuple[int, int]]:
    """(key, key of the session that keeps the connector) of every session that overlaps one.

    `spans` come in the order of connector and start. Among sessions that overlap, connectors go to those accepted
    before, then to those with energy, then to those without; among equals to the one that began first, then to the one
    with the lower key. Spans without length hold no moment and overlap nothing; accepted ones are never given back.
    """
    cluster: list[Span] = []
    latest = datetime.min.replace(tzinfo=UTC)
    for span in spans:
        if span.end <= span.start:
            continue
        if cluster and (span.connector != cluster[0].connector or span.start >= latest):
            yield from _settle(cluster)
            cluster = []
        latest = max(latest, span.end) if cluster else span.end
        cluster.append(span)
    yield from _settle(cluster)


def _settle(cluster: list[Span]) -> Iterator[tuple[int, int]]:
    """Give the connector away among spans that hang together."""
    if len(cluster) < 2:
        return
    starts: list[datetime] = []  # of the spans that keep the connector: disjoint, in the order of time
    keepers: list[Span] = []
    for span in sorted(cluster, key=lambda span: (span.standing, span.start, span.key)):
        place = bisect_left(starts, span.start)
        keeper = None
        if place > 0 and keepers[place - 1].end > span.start:
            keeper = keepers[place - 1]
        elif place < len(keepers) and starts[place] < span.end:
            keeper = keepers[place]
        if keeper is None:
            if span.standing is not Standing.DOUBTFUL:
                starts.insert(place, span.start)
                keepers.insert(place, span)
        elif span.standing is not Standing.ACCEPTED:
            yield span.key, keeper.key
