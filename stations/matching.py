"""Are two lists of stations the same stations? Matching by place.

Two registers of one city name the same station differently or not at all; what they share is the place. Every
incoming station gets a verdict against the known ones:

- `MATCHED`: each is the other's nearest, at most 30 m apart, and no rival is near enough to be meant instead;
- `DOUBTFUL`: it could be one of the candidates named, best first; a person decides;
- `NEW`: no known station within 250 m could be meant.

The distances come from two published registers of one city's public stations (1,587 and 1,706 of them, the same
coordinate system). 1,556 of the 1,587 lie on a station of the other list to the centimetre; one pair lies 21 m apart
and has the same number of piles; the next three lie 33 to 39 m apart and differ in theirs. Within one list 3 % of the
stations have a neighbour at another place within 30 m, but 53 % have one between 30 and 250 m: up to 30 m nearness
says "the same", beyond it only "perhaps". At the same place 248 stations of the first list stand in groups of two to
five, which no distance can tell apart.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from stations.geo import EARTH_RADIUS_M, Place, distance_m


class Verdict(StrEnum):
    """What is known about an incoming station after looking at its place."""

    MATCHED = "matched"
    DOUBTFUL = "doubtful"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Station:
    """A station to match: an id that is unique in its list, its WGS 84 place, and its piles where they are declared."""

    id: str
    place: Place
    piles: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The distances in metres that decide.

    `same`: the most that two entries of one station lie apart. `candidate`: the most at which a station is worth
    a person's look. `rival`: another station within this many times the distance of the nearest could be meant as well;
    it is never less than `coarse`, below which coordinates of five decimals say nothing.
    """

    same: float = 30.0
    candidate: float = 250.0
    rival: float = 2.0
    coarse: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.coarse <= self.same <= self.candidate or self.rival < 1:
            raise ValueError("limits must be 0 < coarse <= same <= candidate, rival >= 1")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known station that an incoming one could be: how far away (metres), and whether the piles are equal."""

    id: str
    distance: float
    same_piles: bool


@dataclass(frozen=True, slots=True)
class Match:
    """The verdict on one incoming station. `candidates` are in order of likelihood; a matched one has exactly one."""

    id: str
    verdict: Verdict
    candidates: tuple[Candidate, ...] = ()

    @property
    def known_id(self) -> str | None:
        """The known station that it is, where there is no doubt."""
        return self.candidates[0].id if self.verdict == Verdict.MATCHED else None


def match_by_place(known: Sequence[Station], incoming: Sequence[Station], limits: Limits | None = None) -> list[Match]:
    """The verdict on every incoming station, in their order.

    The result depends on the stations alone, not on the order of the lists. Time grows with the number of stations
    times the number of neighbours each has within `limits.candidate`. Raises ValueError for an id given twice.
    """
    limits = limits or Limits()
    pairs = _Pairs(known, incoming, limits)
    sure = {station.id: found for station in incoming if (found := pairs.sure_match(station.id)) is not None}
    taken = {candidate.id for candidate in sure.values()}
    return [_verdict(station.id, sure, taken, pairs, limits) for station in incoming]


def _verdict(id: str, sure: dict[str, Candidate], taken: set[str], pairs: _Pairs, limits: Limits) -> Match:
    if id in sure:
        return Match(id, Verdict.MATCHED, (sure[id],))
    # A known station that is surely another incoming one is no candidate any more, except next door, where the
    # incoming list may hold the same station twice.
    open_ones = (
        candidate
        for candidate in pairs.of_incoming[id]
        if candidate.id not in taken or candidate.distance <= limits.same
    )
    candidates = tuple(sorted(open_ones, key=lambda candidate: _likelihood(candidate, limits)))
    return Match(id, Verdict.DOUBTFUL if candidates else Verdict.NEW, candidates)


def _likelihood(candidate: Candidate, limits: Limits) -> tuple[bool, bool, float, str]:
    """Sorts the likeliest first: next door, then equal piles, then nearness; the id makes the order certain."""
    return candidate.distance > limits.same, not candidate.same_piles, candidate.distance, candidate.id


class _Pairs:
    """All pairs of a known and an incoming station within the candidate distance, nearest first from both sides."""

    def __init__(self, known: Sequence[Station], incoming: Sequence[Station], limits: Limits) -> None:
        self.limits = limits
        self.of_incoming: dict[str, list[Candidate]] = {station.id: [] for station in incoming}
        self.of_known: dict[str, list[Candidate]] = {station.id: [] for station in known}
        if len(self.of_incoming) < len(incoming) or len(self.of_known) < len(known):
            raise ValueError("a list names a station twice")
        index = GridIndex(known, limits.candidate)
        for station in incoming:
            for other, distance in index.near(station.place):
                same_piles = station.piles is not None and station.piles == other.piles
                self.of_incoming[station.id].append(Candidate(other.id, distance, same_piles))
                self.of_known[other.id].append(Candidate(station.id, distance, same_piles))
        for candidates in (*self.of_incoming.values(), *self.of_known.values()):
            candidates.sort(key=lambda candidate: (candidate.distance, candidate.id))

    def sure_match(self, id: str) -> Candidate | None:
        """The known station that the incoming one must be, or None where another could be meant on either side."""
        nearest = self._without_rival(self.of_incoming[id])
        if nearest is None or nearest.distance > self.limits.same:
            return None
        back = self._without_rival(self.of_known[nearest.id])
        return nearest if back is not None and back.id == id else None

    def _without_rival(self, candidates: list[Candidate]) -> Candidate | None:
        if not candidates:
            return None
        reach = max(candidates[0].distance * self.limits.rival, self.limits.coarse)
        return None if len(candidates) > 1 and candidates[1].distance <= reach else candidates[0]


class GridIndex:
    """Finds the stations within a fixed distance (metres) of a place without looking at all of them."""

    def __init__(self, stations: Iterable[Station], metres: float) -> None:
        self.metres = metres
        # A cell is at least `metres` high, so that whatever is near lies in the same or a neighbouring row.
        self._height = math.degrees(metres / EARTH_RADIUS_M) * (1 + 1e-9)
        self._cells: defaultdict[tuple[int, int], list[Station]] = defaultdict(list)
        for station in stations:
            row = self._row(station.place.latitude)
            self._cells[row, self._column(row, station.place.longitude)].append(station)

    def near(self, middle: Place) -> Iterator[tuple[Station, float]]:
        """The stations within the distance, each with its distance in metres, in no certain order."""
        row = self._row(middle.latitude)
        for neighbour in (row - 1, row, row + 1):
            columns = self._columns(neighbour)
            column = self._column(neighbour, middle.longitude)
            # Round the earth: the first column lies beside the last one.
            for cell in {(column - 1) % columns, column, (column + 1) % columns}:
                for station in self._cells.get((neighbour, cell), ()):
                    distance = distance_m(middle, station.place)
                    if distance <= self.metres:
                        yield station, distance

    def _row(self, latitude: float) -> int:
        return math.floor(latitude / self._height)

    def _columns(self, row: int) -> int:
        """How many cells go round the earth in this row; each is at least `metres` wide at its narrow end.

        Twice the height is allowed for the neighbouring rows, whose stations are looked for by this row's cells.
        """
        polar = max(abs(row * self._height), abs((row + 1) * self._height)) + self._height
        narrow = math.cos(math.radians(min(polar, 90.0)))
        return max(1, math.floor(360.0 * narrow / self._height) if narrow > 0 else 1)

    def _column(self, row: int, longitude: float) -> int:
        columns = self._columns(row)
        return math.floor((longitude + 180.0) / 360.0 * columns) % columns
