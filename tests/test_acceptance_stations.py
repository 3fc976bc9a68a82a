"""Public registers of stations go in through the command and the wizard; counts and sums are the published ones.

Skipped where the data are not there (see `tests/shared_data.py`).
"""

from __future__ import annotations

import io
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db.models import Count, Sum
from django.test import Client

from core.clock import now
from core.db.roles import as_owner
from core.importing.models import ImportIssue, ImportRun
from core.importing.work import undo_import
from core.jobs.actions import run_job
from core.tenancy.scope import network_scope
from security.models import Network
from stations.geo import Place, outside_china
from stations.models import Charger, Connector, District, Site, SiteListing
from stations.vocabulary import SiteStatus
from tests.cast import make_network
from tests.shared_data import (
    DUNDEE_PLACES,
    DUNDEE_SESSIONS,
    GERMANY,
    SHENZHEN_STEVCDP,
    SHENZHEN_SWAP,
    SHENZHEN_URBANEV,
    SHENZHEN_ZONES,
    shared_file,
)

pytestmark = [pytest.mark.shared_data, pytest.mark.slow]

STATES = {"Bayern": 1_992, "Nordrhein-Westfalen": 1_740, "Baden-Württemberg": 1_439, "Berlin": 469}
SWAP = {
    "Baoan": (14, 149), "Futian": (9, 111), "Guangming": (3, 31), "Longhua": (7, 71), "Longgang": (15, 148),
    "Yantian": (2, 18), "Pingshan": (1, 12), "Luohu": (5, 55), "Nanshan": (13, 158),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _files_go_to_a_folder_of_the_test(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def germany(db: None) -> Network:
    return make_network("germany", country="DE", currency="EUR", time_zone="Europe/Berlin")


@pytest.fixture
def shenzhen(db: None) -> Network:
    return make_network("shenzhen", country="CN", currency="CNY", time_zone="Asia/Shanghai")


def by_command(network: Network, importer: str, name: str, *arguments: str) -> ImportRun:
    """Bring a shared file in by the command."""
    call_command(
        "import", importer, str(shared_file(name)), "--network", network.slug, *arguments, stdout=io.StringIO()
    )
    return latest(network)


def latest(network: Network) -> ImportRun:
    with network_scope(network):
        return ImportRun.objects.latest("pk")


def counts(run: ImportRun) -> dict[str, Any]:
    """Rows by outcome, without those that no row came to; noted rows are among the others."""
    return {name: count for name, count in run.counts.items() if count and name != "reasons"}


def noted(run: ImportRun) -> dict[str, int]:
    return dict(run.counts["reasons"]["noted"])


def figures(run: ImportRun) -> dict[str, str]:
    return dict(run.figures)


def through_the_wizard(client: Client, network: Network, importer: str, name: str) -> ImportRun:
    """Upload a shared file and take every column as the wizard proposes it; the check has run then."""
    path, base = shared_file(name), f"/n/{network.slug}/imports/"
    file = SimpleUploadedFile(path.name, path.read_bytes())
    page = client.post(f"{base}new/{importer}/", {"file": file}).url
    context = client.get(page).context
    mapping, options = context["mapping"], context["options"]
    chosen = {mapping.add_prefix(field): mapping.fields[field].initial for field in mapping.fields}
    told = {name: options.get_initial_for_field(field, name) for name, field in options.fields.items()}
    answer = client.post(page, chosen | {name: value for name, value in told.items() if value is not None})
    assert answer.status_code == 302
    return with_job_done(network)


def with_job_done(network: Network) -> ImportRun:
    with network_scope(network):
        run_job(job_id=ImportRun.objects.latest("pk").job.pk)
    return latest(network)


def assert_germany_is_whole() -> None:
    """What the database holds is what the register's own totals say."""
    assert Charger.objects.count() == 9_690
    assert Charger.objects.aggregate(kw=Sum("rated_kw"))["kw"] == Decimal("470812.57")
    assert SiteListing.objects.aggregate(points=Sum("piles"))["points"] == 19_029
    points = Connector.objects.order_by().values("charger", "point").distinct().count()
    assert points == 19_029
    rows = Counter(tuple(raw.values()) for raw in SiteListing.objects.values_list("raw", flat=True))
    assert (rows.total(), len(rows)) == (9_690, 9_047)
    assert len({raw["Betreiber"].strip() for raw in SiteListing.objects.values_list("raw", flat=True)}) == 1_229
    by_state = dict(Charger.objects.order_by().values_list("site__region").annotate(Count("pk")))
    assert {state: by_state[state] for state in STATES} == STATES


def test_every_row_of_the_german_register_goes_in_and_its_totals_are_the_published_ones(germany: Network) -> None:
    run = by_command(germany, "register-germany", GERMANY)

    told = figures(run)
    assert (run.total, run.counts["new"]) == (9_690, 9_690)
    assert (told["Chargers (rows)"], told["Different rows"]) == ("9690", "9047")
    assert (told["Charging points"], told["Connected power, kW"]) == ("19029", "470812.57")
    assert {state: int(told[state].split()[0]) for state in STATES} == STATES
    with network_scope(germany):
        assert_germany_is_whole()


def test_the_dirt_of_the_german_register_is_noted_by_row(germany: Network) -> None:
    run = by_command(germany, "register-germany", GERMANY, "--dry-run")

    reasons = noted(run)
    assert (reasons.pop("far_place") > 0, reasons) == (
        True,
        {
            "equal": 643,
            "postcode_length": 5,
            "coarse_place": 7,
            "outside_germany": 1,
            "unknown_connector": 2,
            "kw_without_connector": 2,
            "rounded_kw": 1,
        },
    )
    with network_scope(germany):
        flagged = ImportIssue.objects.filter(run=run, reason="postcode_length").values_list("value", flat=True)
        assert sorted(flagged) == sorted(
            ["4474 Vilshofen an der Donau"] * 2 + ["970080 Würzburg", "6346 Bruchköbel", "671319 Wattenheim"]
        )


def test_equal_rows_of_the_german_register_can_be_set_aside_and_are_all_there(germany: Network) -> None:
    run = by_command(germany, "register-germany", GERMANY, "--option", "equal_rows=aside")

    assert (run.counts["new"], run.counts["aside"], run.counts["reasons"]["aside"]) == (9_047, 643, {"equal": 643})
    told = figures(run)
    rows, points, kw = told["Equal rows set aside"].replace(",", "").split()[::2]
    assert int(rows) + int(told["Chargers (rows)"]) == 9_690
    assert int(points) + int(told["Charging points"]) == 19_029
    assert Decimal(kw) + Decimal(told["Connected power, kW"]) == Decimal("470812.57")


def test_the_german_register_again_changes_nothing(germany: Network) -> None:
    by_command(germany, "register-germany", GERMANY)

    assert counts(by_command(germany, "register-germany", GERMANY)) == {"unchanged": 9_690}


@pytest.mark.django_db(transaction=True)
def test_undo_removes_the_german_register(transactional_db: None) -> None:
    network = make_network("germany", country="DE", currency="EUR", time_zone="Europe/Berlin")
    run = by_command(network, "register-germany", GERMANY)
    # As autovacuum does soon after an import: without it the planner takes the tables for empty.
    with as_owner() as connection, connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    with network_scope(network):
        undo_import(run=run, actor=None, now=now())
        left = [model.objects.count() for model in (Site, Charger, Connector, SiteListing)]
    assert left == [0, 0, 0, 0]


def test_the_german_register_goes_through_the_wizard(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.director)

    run = through_the_wizard(client, cast.network, "register-germany", GERMANY)
    assert (run.get_state_display(), run.counts["new"], run.counts["wrong"]) == ("Checked", 9_690, 0)
    page = client.get(f"/n/harbour/imports/{run.number}/").content.decode()
    assert "470812.57" in page
    assert "Equal in every cell to a row before" in page
    client.post(f"/n/harbour/imports/{run.number}/apply/")
    run = with_job_done(cast.network)

    assert (run.get_state_display(), run.counts["new"]) == ("Imported", 9_690)
    with network_scope(cast.network):
        assert_germany_is_whole()


def test_the_first_source_of_shenzhen_makes_its_stations_sites(shenzhen: Network) -> None:
    by_command(shenzhen, "districts", SHENZHEN_ZONES)
    run = by_command(shenzhen, "listings", SHENZHEN_URBANEV)

    assert (counts(run), noted(run)) == ({"new": 1_587, "noted": 130}, {"same_place": 130})
    told = figures(run)
    assert (told["Stations"], told["Piles"], told["Zones"]) == ("1587", "23441", "275")
    with network_scope(shenzhen):
        assert Site.objects.count() == 1_587
        assert SiteListing.objects.aggregate(Sum("piles"))["piles__sum"] == 23_441
        assert Site.objects.order_by().values("district").distinct().count() == 275
        # 228 of the 275 zones are among the 247 of the other source.
        assert District.objects.count() == 247 + 275 - 228


def test_the_second_source_of_shenzhen_is_matched_by_place_and_a_person_decides_the_rest(shenzhen: Network) -> None:
    by_command(shenzhen, "listings", SHENZHEN_URBANEV)
    run = by_command(shenzhen, "listings", SHENZHEN_STEVCDP)

    assert counts(run) == {"new": 1_300 + 217, "aside": 189, "noted": run.counts["noted"]}
    assert run.counts["reasons"]["aside"] == {"doubtful": 189}
    assert noted(run) == {"same_place": 109, "no_piles": 62}
    told = figures(run)
    assert (told["Stations"], told["Fast piles"], told["Slow piles"]) == ("1706", "2693", "20179")
    with network_scope(shenzhen):
        own = SiteListing.objects.filter(source="ST-EVCDP")
        assert dict(own.order_by().values_list("state").annotate(Count("pk"))) == {"matched": 1_517, "doubtful": 189}
        assert own.aggregate(fast=Sum("fast_piles"), slow=Sum("slow_piles")) == {"fast": 2_693, "slow": 20_179}
        assert Site.objects.count() == 1_587 + 217
        both = Site.objects.filter(listings__source="UrbanEV").filter(listings__source="ST-EVCDP")
        assert both.distinct().count() == 1_300
        assert not own.filter(state="doubtful", candidates=[]).exists()


def test_the_sources_of_shenzhen_match_in_either_order(shenzhen: Network) -> None:
    by_command(shenzhen, "listings", SHENZHEN_STEVCDP)
    run = by_command(shenzhen, "listings", SHENZHEN_URBANEV)

    told = figures(run)
    assert told["New in this file: the same as one of our sites"] == "1300"
    assert sum(run.counts[name] for name in ("new", "aside")) == 1_587
    with network_scope(shenzhen):
        first = Site.objects.filter(listings__source="ST-EVCDP", listings__piles=0)
        assert set(first.values_list("status", flat=True)) == {SiteStatus.SUSPENDED.value}
        # The first source knows no zones; the second one gave them to the sites that both list.
        assert Site.objects.filter(listings__source="UrbanEV", district__isnull=True).count() == 0


def test_the_lists_of_shenzhen_again_change_nothing(shenzhen: Network) -> None:
    files = [("districts", SHENZHEN_ZONES), ("listings", SHENZHEN_URBANEV), ("listings", SHENZHEN_STEVCDP),
             ("swap-stations", SHENZHEN_SWAP)]  # fmt: skip
    for importer, name in files:
        by_command(shenzhen, importer, name)

    again = [by_command(shenzhen, importer, name) for importer, name in files]

    assert [(run.counts["new"], run.counts["changed"], run.counts["unchanged"]) for run in again] == [
        (0, 0, 247), (0, 0, 1_587), (0, 0, 1_706), (0, 0, 69),
    ]  # fmt: skip


def test_undo_takes_the_second_source_of_shenzhen_back_and_leaves_the_first(shenzhen: Network) -> None:
    by_command(shenzhen, "listings", SHENZHEN_URBANEV)
    run = by_command(shenzhen, "listings", SHENZHEN_STEVCDP)

    with network_scope(shenzhen):
        undo_import(run=run, actor=None, now=now())
        assert (Site.objects.count(), SiteListing.objects.count()) == (1_587, 1_587)


def test_the_stations_of_shenzhen_are_drawn_in_wgs_84(shenzhen: Network) -> None:
    by_command(shenzhen, "listings", SHENZHEN_URBANEV)

    with network_scope(shenzhen):
        site = SiteListing.objects.get(source="UrbanEV", external_id="1001")
    kept = Place(float(site.latitude), float(site.longitude))
    # The file says 22.714121, 113.784724 in GCJ-02.
    assert (round(kept.latitude, 4), round(kept.longitude, 4), outside_china(kept)) == (22.717, 113.7796, False)


def test_both_sources_of_shenzhen_go_through_the_wizard(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.director)
    runs = []
    for name in (SHENZHEN_URBANEV, SHENZHEN_STEVCDP):
        checked = through_the_wizard(client, cast.network, "listings", name)
        client.post(f"/n/harbour/imports/{checked.number}/apply/")
        runs.append((checked.source_name, counts(checked) == counts(with_job_done(cast.network))))

    assert runs == [("UrbanEV (Shenzhen)", True), ("ST-EVCDP (Shenzhen)", True)]
    with network_scope(cast.network):
        assert SiteListing.objects.filter(state="doubtful").count() == 189
    with network_scope(cast.other):
        assert (SiteListing.objects.count(), Site.objects.count()) == (0, 1)


def test_the_swap_stations_of_shenzhen_have_their_batteries(shenzhen: Network) -> None:
    run = by_command(shenzhen, "swap-stations", SHENZHEN_SWAP)

    assert counts(run) == {"new": 69, "aside": 9}
    with network_scope(shenzhen):
        sums = Site.objects.order_by().values_list("district__name").annotate(Count("pk"), Sum("battery_capacity"))
        assert {name: (stations, batteries) for name, stations, batteries in sums} == SWAP
        assert Site.objects.aggregate(Sum("battery_capacity"))["battery_capacity__sum"] == 753


def test_the_sites_of_dundee_are_those_of_its_sessions(db: None) -> None:
    dundee = make_network("dundee")
    run = by_command(dundee, "dundee-sites", DUNDEE_PLACES)
    assert (counts(run), run.counts["reasons"]["aside"]) == (
        {"new": 31, "aside": 3, "noted": 16}, {"repeated": 3},
    )  # fmt: skip

    by_command(dundee, "charging-sessions", DUNDEE_SESSIONS[0], "--option", "create_missing=on")

    with network_scope(dundee):
        assert Site.objects.count() == 31
        assert Site.objects.filter(latitude__isnull=False).count() == 17
        assert counts(by_command(dundee, "dundee-sites", DUNDEE_PLACES)) == {"unchanged": 31, "aside": 3, "noted": 16}
