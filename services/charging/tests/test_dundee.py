"""A year of real sessions through `manage.py import`: every one is accounted for, to the Wh.

The known answers are those published with the data; what is set aside is accounted for by reason.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum
from django.test import override_settings

from core.clock import Month, now
from core.importing.fields import Reading
from core.importing.models import ImportRun
from core.importing.rows import Row
from core.importing.work import apply_file, undo_import
from core.tenancy.scope import network_scope
from security.models import Network
from services.charging import queries
from services.charging.importers import SessionImporter
from services.charging.importing.equipment import Equipment
from services.charging.importing.telling import PRESETS, Teller
from services.charging.models import ChargingDay, ChargingSession, Doubt
from services.charging.rollups import rollup_differences
from services.charging.tests.test_dundee_doubts import COUNTED_UNDER, LONDON
from stations.models import Charger, Connector, Site
from stations.registers.dundee import site_name
from stations.tests.dundee_reading import parse_session
from tests.cast import make_network
from tests.shared_data import DUNDEE_SESSIONS, dundee_rows, rows, shared_file

pytestmark = [pytest.mark.shared_data, pytest.mark.slow, pytest.mark.django_db]

MONTHS = {
    "2017-09": (4_969, 38_144_903),
    "2017-10": (5_078, 39_291_270),
    "2017-11": (5_384, 43_632_789),
    "2017-12": (5_346, 46_465_693),
    "2018-01": (5_489, 45_857_476),
    "2018-02": (4_660, 38_314_792),
    "2018-03": (4_695, 38_786_224),
    "2018-04": (5_571, 48_364_967),
    "2018-05": (5_889, 51_477_170),
    "2018-06": (5_746, 51_340_968),
    "2018-07": (5_815, 54_513_663),
    "2018-08": (7_088, 71_809_479),
    "2018-09": (1_382, 14_310_640),
}
SITES = {
    "Lochee Charging Hub": (11_425, 127_832_453),
    "Queen Street Car Park, Broughty Ferry": (9_447, 71_465_655),
    "Public Works Dept, Clepington Rd": (7_776, 52_675_474),
}


def import_files() -> str:
    """What the command says about the four files."""
    said = StringIO()
    paths = [str(shared_file(name)) for name in DUNDEE_SESSIONS]
    call_command("import", "charging-sessions", *paths, network="dundee", source="Dundee City Council", stdout=said)
    return said.getvalue()


@pytest.fixture(scope="module")
def dundee(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[tuple[Network, str]]:
    """A network with the four files in it, imported once for all tests here, and what the command said."""
    for name in DUNDEE_SESSIONS:
        shared_file(name)
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        network = make_network("dundee")
        said = import_files()
        yield network, said
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def inside(dundee: tuple[Network, str]) -> Iterator[Network]:
    with network_scope(dundee[0]):
        yield dundee[0]


def sums(**where: Any) -> tuple[int, int]:
    """(sessions, Wh) of all sessions there are, whatever their state."""
    found = ChargingSession.objects.filter(**where).aggregate(count=Count("pk"), energy=Sum("energy_wh"))
    return found["count"], found["energy"] or 0


# -- the known answers ------------------------------------------------------------------------------------------------


def test_every_row_is_a_session_and_the_energy_adds_up(inside: Network) -> None:
    assert sums() == (67_112, 582_310_034)


def test_accepted_and_set_aside_by_reason_are_all_rows(inside: Network) -> None:
    found = {under: sums(doubt="" if under == "accepted" else under) for under in ["accepted", *Doubt.values]}
    assert {under: figures for under, figures in found.items() if figures[0]} == COUNTED_UNDER
    assert ChargingSession.objects.filter(state="rejected").count() == 0


def test_the_imports_count_what_the_sessions_count(inside: Network) -> None:
    counts: Counter[str] = Counter()
    for run in ImportRun.objects.all():
        counts += Counter({"accepted": run.counts["new"], **run.counts["reasons"]["aside"]})
        assert (run.counts["wrong"], run.counts["changed"], run.counts["unchanged"]) == (0, 0, 0)
    assert counts == {under: count for under, (count, _energy) in COUNTED_UNDER.items()}


def test_the_command_says_how_much_energy_was_in_each_file(dundee: tuple[Network, str]) -> None:
    wanted = ["121412.550", "132106.305", "144137.790", "184653.389"]
    assert [line.rpartition(" ")[2] for line in dundee[1].splitlines() if "all sessions of the file" in line] == wanted


@pytest.mark.parametrize("text", list(MONTHS))
def test_sessions_and_energy_of_each_month(inside: Network, text: str) -> None:
    month = Month.parse(text)
    states = queries.told_sums(ChargingDay.objects.all(), month.first_day, month.last_day)
    assert (sum(row["sessions"] for row in states), sum(row["energy_wh"] for row in states)) == MONTHS[text]


@pytest.mark.parametrize("name", list(SITES))
def test_sessions_and_energy_of_large_sites(inside: Network, name: str) -> None:
    assert sums(site__name=name) == SITES[name]


def test_the_test_site_is_known(inside: Network) -> None:
    assert sums(site__is_test=True) == (464, 4_820_857)


def test_negative_energy_is_kept_as_told(inside: Network) -> None:
    assert sums(energy_wh__lt=0) == (29, -890_790)


def test_the_busiest_charger(inside: Network) -> None:
    counts = ChargingSession.objects.order_by().values_list("charger__code").annotate(count=Count("pk"))
    assert max(counts, key=lambda row: row[1]) == ("50911", 8_081)


def test_the_equipment_is_that_of_the_files(inside: Network) -> None:
    assert (Charger.objects.count(), Connector.objects.count(), Site.objects.count()) == (67, 144, 31)
    assert not Charger.objects.filter(site__is_test=True).exists()


def test_sites_go_by_the_names_that_other_importers_give_them(inside: Network) -> None:
    told = {site_name(row["Site"]) for row in dundee_rows() if row["Site"]}
    assert set(Site.objects.values_list("name", flat=True)) == told


def test_the_rollups_equal_the_sessions(inside: Network) -> None:
    assert rollup_differences() == []


def test_the_days_told_are_those_of_the_files(inside: Network) -> None:
    assert queries.days_told(ChargingDay.objects.all()) == (date(2017, 9, 1), date(2018, 9, 6))


# -- again, and back --------------------------------------------------------------------------------------------------


def test_the_same_files_again_change_nothing(inside: Network, dundee: tuple[Network, str]) -> None:
    before = list(ChargingSession.objects.order_by("pk").values_list("pk", "state", "doubt", "import_run"))
    import_files()
    again = ImportRun.objects.order_by("-pk")[:4]
    assert sum(run.counts["unchanged"] for run in again) == 67_112
    assert list(ChargingSession.objects.order_by("pk").values_list("pk", "state", "doubt", "import_run")) == before


def test_the_last_file_can_be_undone_and_imported_again(inside: Network) -> None:
    run = ImportRun.objects.latest("pk")
    undo_import(run=run, actor=None, now=now())
    assert sums() == (47_885, 397_656_645)
    assert rollup_differences() == []
    again = ImportRun.objects.get(pk=run.pk)
    ImportRun.objects.filter(pk=run.pk).update(state="checked")
    apply_file(run=again, actor=None, now=now())
    assert sums() == (67_112, 582_310_034)
    assert rollup_differences() == []


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DUNDEE_SESSIONS)
def test_the_importer_reads_what_the_register_parser_reads(name: str) -> None:
    told = rows(name)
    preset = next(preset for preset in PRESETS if preset.matches(told[0]))
    columns = {field: column for column, field in preset.mapping.items()}
    if "User ID" in told[0]:
        columns["token"] = "User ID"  # by its alias
    reading = Reading(".", LONDON, preset.options or {})
    parsers = {field.name: field.parse(reading) for field in SessionImporter.fields}
    teller = Teller(LONDON, columns)
    for number, texts in enumerate(told, start=1):
        row = Row(number, number, "", texts, columns)
        row.values = {
            field: parse(texts[columns[field]], field) if field in columns and texts[columns[field]] else None
            for field, parse in parsers.items()
        }
        read, wanted = teller.read(row), parse_session(texts)
        assert read is not None
        assert (read.external_id, read.energy_wh, row.values["price"]) == (wanted.id, wanted.wh, wanted.cost)
        assert (row.values["token"] or "", row.values["connector"]) == (wanted.user, wanted.connector)
        assert read.started.moment.astimezone(LONDON).replace(tzinfo=None, fold=0) == wanted.started
        assert (read.ended is None) == (wanted.ended is None)
        if read.ended is not None:
            assert read.ended.moment.astimezone(LONDON).replace(tzinfo=None, fold=0) == wanted.ended


def test_sites_are_named_as_the_register_names_them(inside: Network) -> None:
    equipment = Equipment(create_missing=False, town="Dundee")
    names = {row["Site"] for row in dundee_rows()}
    assert {name: equipment.site_name(name) for name in names} == {name: site_name(name) for name in names}
