import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.geo import Place, distance_m, place, wgs84_from_gcj02
from stations.matching import GridIndex, Limits, Match, Station, Verdict, match_by_place
from tests.shared_data import SHENZHEN_STEVCDP, SHENZHEN_URBANEV, rows

METRE = 1 / 111_195  # degrees of latitude


def at(id: str, north: float = 0, piles: int | None = None) -> Station:
    """A station this many metres north of a place in Shenzhen."""
    return Station(id, Place(22.5 + north * METRE, 114.0), piles)


def verdict(known: list[Station], incoming: Station) -> Match:
    return match_by_place(known, [incoming])[0]


def test_a_lone_neighbour_within_30_metres_is_the_same_station() -> None:
    match = verdict([at("A")], at("x", 29))

    assert (match.verdict, match.known_id) == (Verdict.MATCHED, "A")
    assert match.candidates[0].distance == pytest.approx(29, abs=0.01)


def test_a_neighbour_farther_than_30_metres_is_doubtful() -> None:
    match = verdict([at("A")], at("x", 31))

    assert (match.verdict, match.known_id) == (Verdict.DOUBTFUL, None)
    assert [candidate.id for candidate in match.candidates] == ["A"]


def test_a_station_without_neighbour_is_new() -> None:
    assert verdict([at("A")], at("x", 251)) == Match("x", Verdict.NEW)


def test_everything_is_new_to_an_empty_list() -> None:
    assert match_by_place([], [at("x"), at("y")]) == [Match("x", Verdict.NEW), Match("y", Verdict.NEW)]


def test_a_rival_within_twice_the_distance_makes_it_doubtful() -> None:
    match = verdict([at("A", 10), at("B", -19)], at("x"))

    assert match.verdict == Verdict.DOUBTFUL
    assert [candidate.id for candidate in match.candidates] == ["A", "B"]


def test_a_station_beyond_twice_the_distance_is_no_rival() -> None:
    assert verdict([at("A", 10), at("B", -21)], at("x")).known_id == "A"


def test_two_known_stations_at_one_place_cannot_be_told_apart() -> None:
    assert verdict([at("A"), at("B")], at("x")).verdict == Verdict.DOUBTFUL


def test_two_incoming_stations_at_one_place_cannot_be_told_apart() -> None:
    matches = match_by_place([at("A")], [at("x"), at("y")])

    assert [match.verdict for match in matches] == [Verdict.DOUBTFUL, Verdict.DOUBTFUL]


def test_a_centimetre_does_not_decide_between_two() -> None:
    assert verdict([at("A"), at("B", 0.9)], at("x", 0.01)).verdict == Verdict.DOUBTFUL


def test_the_nearest_must_be_nearest_both_ways() -> None:
    matches = match_by_place([at("A")], [at("x", 5), at("y", 20)])

    assert [(match.id, match.known_id) for match in matches] == [("x", "A"), ("y", None)]


def test_a_second_entry_next_door_to_a_matched_station_is_doubtful() -> None:
    matches = match_by_place([at("A")], [at("x", 5), at("y", 20)])

    assert matches[1].verdict == Verdict.DOUBTFUL


def test_a_station_that_is_surely_another_one_is_no_candidate_farther_off() -> None:
    matches = match_by_place([at("A")], [at("x"), at("y", 100)])

    assert [match.verdict for match in matches] == [Verdict.MATCHED, Verdict.NEW]


def test_equal_piles_come_first_among_neighbours_next_door() -> None:
    match = verdict([at("A", 1, piles=4), at("B", -1, piles=8)], at("x", piles=8))

    assert [(candidate.id, candidate.same_piles) for candidate in match.candidates] == [("B", True), ("A", False)]


def test_piles_that_nobody_declared_are_not_equal() -> None:
    assert not verdict([at("A")], at("x")).candidates[0].same_piles


def test_an_id_given_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="names a station twice"):
        match_by_place([at("A"), at("A", 50)], [])


def test_limits_in_the_wrong_order_are_an_error() -> None:
    with pytest.raises(ValueError, match="coarse <= same <= candidate"):
        Limits(same=300)


def test_other_limits_can_be_chosen() -> None:
    match = match_by_place([at("A")], [at("x", 31)], Limits(same=40))[0]

    assert match.verdict == Verdict.MATCHED


offsets = st.tuples(st.integers(-400, 400), st.integers(-400, 400))


def stations(prefix: str) -> st.SearchStrategy[list[Station]]:
    def build(found: list[tuple[int, int]]) -> list[Station]:
        return [
            Station(f"{prefix}{number}", Place(22.5 + y * METRE, 114.0 + x * METRE), y % 3)
            for number, (x, y) in enumerate(found)
        ]

    return st.lists(offsets, max_size=12).map(build)


@given(stations("k"), stations("i"), st.randoms(use_true_random=False))
def test_the_order_of_the_lists_changes_nothing(
    known: list[Station], incoming: list[Station], chance: random.Random
) -> None:
    before = match_by_place(known, incoming)
    mixed_known, mixed_incoming = chance.sample(known, len(known)), chance.sample(incoming, len(incoming))

    after = match_by_place(mixed_known, mixed_incoming)

    assert sorted(after, key=lambda match: match.id) == sorted(before, key=lambda match: match.id)


@given(stations("k"), stations("i"))
def test_no_known_station_is_matched_twice(known: list[Station], incoming: list[Station]) -> None:
    matched = [match.known_id for match in match_by_place(known, incoming) if match.known_id]

    assert len(matched) == len(set(matched))


@given(stations("k"), stations("i"))
def test_looking_from_the_other_side_gives_the_same_pairs(known: list[Station], incoming: list[Station]) -> None:
    forth = {(match.known_id, match.id) for match in match_by_place(known, incoming) if match.known_id}
    back = {(match.id, match.known_id) for match in match_by_place(incoming, known) if match.known_id}

    assert forth == back


@given(stations("k"), stations("i"))
def test_every_incoming_station_gets_one_verdict(known: list[Station], incoming: list[Station]) -> None:
    matches = match_by_place(known, incoming)

    assert [match.id for match in matches] == [station.id for station in incoming]
    assert all((match.verdict == Verdict.NEW) == (not match.candidates) for match in matches)


@given(stations("k"))
def test_a_list_matches_itself_or_is_doubtful_where_stations_stand_together(known: list[Station]) -> None:
    for match in match_by_place(known, known):
        own = next(station for station in known if station.id == match.id)
        alone = all(distance_m(own.place, other.place) > 1.0 for other in known if other is not own)
        assert match.known_id == (own.id if alone else None)


middles = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180)) | st.sampled_from(
    [Place(0, 180), Place(0, -180), Place(89.9999, 10), Place(-90, 0), Place(60, 179.9999)]
)


@given(middles, st.randoms(use_true_random=False), st.floats(1, 100_000))
def test_the_index_finds_what_looking_at_all_would_find(middle: Place, chance: random.Random, metres: float) -> None:
    # Scattered over one and a half times the distance, wider towards the poles and wrapped round the date line.
    reach = metres * METRE
    wide = min(180.0, reach / max(math.cos(math.radians(middle.latitude)), 1e-6))
    scattered = [
        Station(
            str(number),
            Place(
                max(-90.0, min(90.0, middle.latitude + chance.uniform(-1.5, 1.5) * reach)),
                (middle.longitude + chance.uniform(-1.5, 1.5) * wide + 540) % 360 - 180,
            ),
        )
        for number in range(60)
    ]

    found = {station.id for station, _distance in GridIndex(scattered, metres).near(middle)}

    assert found == {station.id for station in scattered if distance_m(middle, station.place) <= metres}


def shenzhen(name: str, piles: str, *, convert: bool = True) -> list[Station]:
    points = [(row["station_id"], place(row["latitude"], row["longitude"]), int(row[piles])) for row in rows(name)]
    return [Station(id, wgs84_from_gcj02(point) if convert else point, count) for id, point, count in points]


@pytest.mark.shared_data
def test_two_registers_of_shenzhen_are_one_citys_stations() -> None:
    known, incoming = shenzhen(SHENZHEN_URBANEV, "charge_count"), shenzhen(SHENZHEN_STEVCDP, "count")

    matches = match_by_place(known, incoming)

    counts = {verdict: sum(match.verdict == verdict for match in matches) for verdict in Verdict}
    assert counts == {Verdict.MATCHED: 1300, Verdict.DOUBTFUL: 189, Verdict.NEW: 217}
    assert sum(counts.values()) == 1706


@pytest.mark.shared_data
def test_matched_stations_of_shenzhen_have_the_same_piles_as_a_rule() -> None:
    known, incoming = shenzhen(SHENZHEN_URBANEV, "charge_count"), shenzhen(SHENZHEN_STEVCDP, "count")

    sure = [match.candidates[0] for match in match_by_place(known, incoming) if match.known_id]

    # The piles had no part in the verdict, so that they are a test of it: 98 % agree.
    assert sum(candidate.same_piles for candidate in sure) == 1274
    assert max(candidate.distance for candidate in sure) < 0.5


@pytest.mark.shared_data
def test_converting_only_one_register_of_shenzhen_matches_next_to_nothing() -> None:
    # Both files are in GCJ-02, although only one says so; this is what a wrong coordinate system looks like.
    known, incoming = shenzhen(SHENZHEN_URBANEV, "charge_count"), shenzhen(SHENZHEN_STEVCDP, "count", convert=False)

    matched = [match for match in match_by_place(known, incoming) if match.known_id]

    assert len(matched) == 7


@pytest.mark.shared_data
def test_the_limit_of_30_metres_lies_in_a_gap_of_the_real_distances() -> None:
    known, incoming = shenzhen(SHENZHEN_STEVCDP, "count"), shenzhen(SHENZHEN_URBANEV, "charge_count")
    index = GridIndex(known, 250)
    nearest = [min((distance for _other, distance in index.near(one.place)), default=None) for one in incoming]
    reached = sorted(distance for distance in nearest if distance is not None)

    assert sum(distance < 0.01 for distance in reached) == 1556
    assert [round(distance) for distance in itertools.dropwhile(lambda d: d < 0.01, reached)][:4] == [21, 33, 34, 39]
