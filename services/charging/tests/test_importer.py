"""Files of sessions: what they tell, what becomes of it, and that nothing is lost or counted twice."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile

from core.clock import now
from core.importing.actions import choose_columns, receive_file
from core.importing.models import ImportIssue, ImportRun
from core.importing.work import CannotUndo, RowsWrong, apply_file, check_file, undo_import
from core.tenancy.scope import network_scope
from services.charging.actions import accept_session, reject_session
from services.charging.importers import NoStart, SessionImporter
from services.charging.importing.equipment import charger_code
from services.charging.models import ChargingSession, SessionDecision
from services.charging.rollups import rollup_differences
from services.charging.tests.making import make_connector, make_session
from stations.models import Charger, Connector, Site
from tests.cast import Cast, make_site

HEAD = ("external_id", "charger", "connector", "started_at", "ended_at", "energy_kwh")
PLAIN = ("1", "CP-1", "1", "2026-03-02 12:00", "2026-03-02 13:00", "7.000")


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def text_of(rows: Iterable[Iterable[str]], head: Iterable[str] = HEAD) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows([head, *rows])
    return stream.getvalue()


def received(text: str, source: str = "operator", mapping: dict[str, str] | None = None, **options: Any) -> ImportRun:
    """A file whose columns are called by their fields, unless `mapping` says otherwise."""
    sent = ContentFile(text.encode(), name="sessions.csv")
    run = receive_file(importer=SessionImporter, sent=sent, source_name=source, actor=None, now=now())
    mapping = mapping or {column: column for column in run.columns}
    return choose_columns(run=run, mapping=mapping, options=options, actor=None, now=now())


def imported(*rows: Iterable[str], head: Iterable[str] = HEAD, **options: Any) -> ImportRun:
    """Check and apply a file; both must come to the same counts."""
    run = received(text_of(rows, head), **options)
    checked = check_file(run=run, actor=None, now=now())
    counts, figures = checked.counts, checked.figures
    run = apply_file(run=checked, actor=None, now=now())
    assert (run.counts, run.figures) == (counts, figures)
    assert rollup_differences() == []
    return run


def counts(run: ImportRun) -> dict[str, int]:
    return {name: count for name, count in run.counts.items() if name != "reasons" and count}


def reasons(run: ImportRun) -> dict[str, int]:
    return dict(run.counts["reasons"]["aside"])


@pytest.fixture
def connector(scoped: Cast) -> Any:
    return make_connector(scoped.site, "CP-1")


# -- what a row tells -------------------------------------------------------------------------------------------------


def test_a_plain_row_becomes_a_session_that_counts(scoped: Cast, connector: Any) -> None:
    run = imported(PLAIN)
    assert counts(run) == {"new": 1}
    session = ChargingSession.objects.get()
    assert (session.connector, session.charger, session.site) == (connector, connector.charger, scoped.site)
    assert session.started_at == datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    assert (session.energy_wh, session.source_name, session.external_id) == (7_000, "operator", "1")
    assert (session.import_run, session.charger_told, session.told) == (run, "CP-1", {})


@pytest.mark.parametrize(
    ("head", "row", "minutes"),
    [
        (("started_at", "ended_at"), ("2026-07-02T12:00:00+02:00", "2026-07-02T10:30:00Z"), 30),
        (("start_day", "start_time", "ended_at"), ("2026-07-02", "12:00", "2026-07-02 12:45:30"), 45.5),
        (("started_at", "duration"), ("2026-07-02 12:00", "90"), 90),
        (("started_at", "duration"), ("2026-07-02 12:00", "1:30"), 90),
        (("started_at", "duration"), ("2026-07-02 12:00", "0:01:30"), 1.5),
    ],
)
def test_the_end_is_told_in_several_ways(connector: Any, head: Any, row: Any, minutes: float) -> None:
    imported(("CP-1", "1", *row), head=("charger", "energy_kwh", *head))
    session = ChargingSession.objects.get()
    assert session.ended_at - session.started_at == timedelta(minutes=minutes)


def test_times_are_of_the_zone_that_the_file_is_said_to_be_of(connector: Any) -> None:
    imported(("1", "CP-1", "1", "02.07.2026 12:00", "02.07.2026 13:00", "7"), time_zone="UTC", date_format="DD.MM.YYYY")
    assert ChargingSession.objects.get().started_at == datetime(2026, 7, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "row", "wh"),
    [
        (("energy_kwh",), ("7.1234 kWh",), 7_123),
        (("energy_kwh",), ("7.0005",), 7_001),
        (("energy_kwh",), ("1,234.5",), 1_234_500),
        (("energy_wh",), ("7123",), 7_123),
        (("meter_start_wh", "meter_stop_wh"), ("1000", "8500"), 7_500),
    ],
)
def test_energy_is_told_in_several_ways(connector: Any, head: Any, row: Any, wh: int) -> None:
    imported(("CP-1", *PLAIN[3:5], *row), head=("charger", "started_at", "ended_at", *head))
    assert ChargingSession.objects.get().energy_wh == wh


def test_the_rest_of_a_row_is_kept(connector: Any) -> None:
    imported((*PLAIN, "CARD-7", "2.5", "by remote"), head=(*HEAD, "token", "price", "stop_reason"))
    session = ChargingSession.objects.get()
    assert (session.token, session.price_told, session.stop_reason) == ("CARD-7", Decimal("2.5"), "by remote")


def test_odd_characters_arrive_as_they_were_sent(connector: Any) -> None:
    token = 'tab\there, back\\slash, "quote", line\nbreak, 充电'
    imported((*PLAIN, token), head=(*HEAD, "token"))
    assert ChargingSession.objects.get().token == token


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("1", "CP-1", "1", "", "2026-03-02 13:00", "7"), "started_at"),
        (("1", "CP-1", "1", "yesterday", "2026-03-02 13:00", "7"), "started_at"),
        (("1", "CP-1", "one", "2026-03-02 12:00", "2026-03-02 13:00", "7"), "connector"),
        (("1", "CP-1", "1", "2026-03-02 12:00", "2026-03-02 13:00", "much"), "energy_kwh"),
        (("1", "CP-1", "1", "2026-03-02 12:00", "2026-03-02 13:00", "9999999999"), "energy_kwh"),
    ],
)
def test_a_row_that_cannot_be_read_is_wrong_and_nothing_is_imported(connector: Any, row: Any, column: str) -> None:
    run = check_file(run=received(text_of([row, ("2", *PLAIN[1:])])), actor=None, now=now())
    assert counts(run) == {"new": 1, "wrong": 1}
    assert ImportIssue.objects.get().column == column
    with pytest.raises(RowsWrong):
        apply_file(run=run, actor=None, now=now())
    assert not ChargingSession.objects.exists()


def test_a_day_without_a_time_is_wrong(connector: Any) -> None:
    head = ("charger", "start_day", "start_time", "energy_kwh")
    run = check_file(run=received(text_of([("CP-1", "2026-03-02", "", "7")], head)), actor=None, now=now())
    assert counts(run) == {"wrong": 1}


def test_a_file_without_starts_is_refused(connector: Any) -> None:
    run = received(text_of([("CP-1", "7")], ("charger", "energy_kwh")))
    with pytest.raises(NoStart):
        check_file(run=run, actor=None, now=now())


# -- doubtful rows ----------------------------------------------------------------------------------------------------


def test_doubtful_rows_are_kept_with_all_their_cells(connector: Any) -> None:
    run = imported(("1", "CP-1", "1", "2026-03-02 12:00", "", ""), ("2", "CP-9", "1", *PLAIN[3:5], "-3"))
    assert reasons(run) == {"open": 1, "unknown_charger": 1}
    unknown = ChargingSession.objects.get(external_id="2")
    assert unknown.doubts == ["unknown_charger", "negative_energy"]
    assert (unknown.energy_wh, unknown.charger_told, unknown.connector) == (-3_000, "CP-9", None)
    assert unknown.told == dict(zip(HEAD, ("2", "CP-9", "1", *PLAIN[3:5], "-3"), strict=True))


def test_all_doubts_of_a_row_stand_in_its_remark(connector: Any) -> None:
    imported(("2", "CP-9", "1", *PLAIN[3:5], "-3"))
    assert ImportIssue.objects.get().message == "Unknown charger or connector; Negative energy"


def test_of_two_overlapping_rows_one_is_set_aside_and_told_why(connector: Any) -> None:
    run = imported(PLAIN, ("2", "CP-1", "1", "2026-03-02 12:30", "2026-03-02 13:30", "7"))
    assert (counts(run), reasons(run)) == ({"new": 1, "aside": 1}, {"overlap": 1})
    assert ImportIssue.objects.get().message == "Session 1 keeps the connector."


def test_a_session_that_is_there_keeps_its_connector(connector: Any) -> None:
    make_session(connector, datetime(2026, 3, 2, 12, 30, tzinfo=UTC), external_id="OLD", energy_wh=0)
    imported(PLAIN)
    assert ImportIssue.objects.get().message == "Session OLD keeps the connector."


def test_sums_account_for_every_row(connector: Any) -> None:
    run = imported(PLAIN, ("2", "CP-1", "1", "2026-03-02 14:00", "2026-03-02 14:10", "90"))
    assert run.figures == [
        ["Energy of sessions that count, kWh", "7.000"],
        ["Energy of sessions set aside, kWh", "90.000"],
        ["Energy of sessions that were here before, kWh", "0.000"],
        ["Energy of all sessions of the file, kWh", "97.000"],
    ]


# -- the same again ---------------------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing(connector: Any) -> None:
    rows = [PLAIN, ("2", "CP-9", "1", *PLAIN[3:]), ("3", "CP-1", "1", "2026-03-02 12:30", "", "")]
    imported(*rows)
    before = list(ChargingSession.objects.order_by("pk").values())
    run = imported(*rows)
    assert counts(run) == {"unchanged": 3}
    assert list(ChargingSession.objects.order_by("pk").values()) == before


def test_the_same_number_of_another_source_is_another_session(connector: Any) -> None:
    imported(PLAIN)
    other = ("1", "CP-1", "1", "2026-03-03 12:00", "2026-03-03 13:00", "7")
    assert counts(imported(other, source="another operator")) == {"new": 1}


def test_rows_without_numbers_are_known_again_by_charger_and_start(connector: Any) -> None:
    head = ("charger", "started_at", "ended_at", "energy_kwh")
    row = ("CP-1", "2026-03-02 12:00", "2026-03-02 12:00", "0")
    assert counts(imported(row, row, head=head)) == {"new": 2}
    assert counts(imported(row, row, head=head)) == {"unchanged": 2}


def test_a_row_that_stands_twice_is_taken_once(connector: Any) -> None:
    run = imported(PLAIN, PLAIN)
    assert (counts(run), reasons(run)) == ({"new": 1, "aside": 1}, {"repeated": 1})
    assert ChargingSession.objects.count() == 1


def test_rows_of_one_number_that_differ_are_wrong(connector: Any) -> None:
    run = check_file(run=received(text_of([PLAIN, (*PLAIN[:5], "8")])), actor=None, now=now())
    assert counts(run) == {"wrong": 2}


def test_an_open_session_gets_its_end_from_a_later_file(connector: Any) -> None:
    imported(("1", "CP-1", "1", "2026-03-02 12:00", "", ""))
    assert counts(imported(PLAIN)) == {"changed": 1}
    session = ChargingSession.objects.get()
    assert (session.state, session.doubts, session.told) == ("accepted", [], {})


def test_a_session_that_becomes_doubtful_is_set_aside(connector: Any) -> None:
    imported(PLAIN)
    assert reasons(imported((*PLAIN[:5], "900"))) == {"above_rated_power": 1}
    assert ChargingSession.objects.get().state == "aside"


def test_sessions_that_change_places_are_not_in_each_others_way(connector: Any) -> None:
    early, late = PLAIN[3:5], ("2026-03-02 14:00", "2026-03-02 15:00")
    imported(("1", "CP-1", "1", *early, "7"), ("2", "CP-1", "1", *late, "7"))
    assert counts(imported(("1", "CP-1", "1", *late, "7"), ("2", "CP-1", "1", *early, "7"))) == {"changed": 2}


def test_what_a_person_decided_is_not_changed_by_a_file(scoped: Cast, connector: Any) -> None:
    imported((*PLAIN[:5], "900"))
    says = {"reason": "It is a truck", "actor": scoped.director, "now": now()}
    accept_session(session=ChargingSession.objects.get(), **says)
    assert counts(imported((*PLAIN[:5], "901"))) == {"unchanged": 1}
    assert ChargingSession.objects.get().energy_wh == 900_000


def test_sessions_of_a_charger_that_was_added_since_count_after_another_import(scoped: Cast) -> None:
    assert reasons(imported(PLAIN)) == {"unknown_charger": 1}
    make_connector(scoped.site, "CP-1")
    assert counts(imported(PLAIN)) == {"changed": 1}


# -- equipment --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [("cp-1", "CP-1"), (" CP 1 ", "CP-1"), ("DE*ABC*E12", "DE-ABC-E12"), ("", ""), ("充电桩", ""), ("**", "")],
)
def test_the_code_of_a_charger(text: str, code: str) -> None:
    assert charger_code(text) == code


def test_a_charger_with_one_plug_needs_no_number(connector: Any) -> None:
    assert counts(imported((*PLAIN[:2], "", *PLAIN[3:]))) == {"new": 1}


def test_of_several_plugs_a_row_must_name_one(scoped: Cast, connector: Any) -> None:
    make_connector(scoped.site, "CP-1", number=2)
    assert reasons(imported((*PLAIN[:2], "", *PLAIN[3:]))) == {"unknown_charger": 1}


SITE_HEAD = (*HEAD, "site", "model")


def at_site(row: tuple[str, ...], site: str, model: str = "APT 7kW Dual Outlet") -> tuple[str, ...]:
    return (*row, site, model)


def test_missing_equipment_is_made_when_the_file_asks_for_it(scoped: Cast) -> None:
    run = imported(at_site(PLAIN, "Trades Lane, Dundee"), head=SITE_HEAD, create_missing=True, town="Dundee")
    assert counts(run) == {"new": 1}
    charger = Charger.objects.get(code="CP-1")
    assert (charger.site.code, charger.site.name, charger.site.is_test) == ("TRADES-LANE", "Trades Lane", False)
    assert (charger.vendor, charger.model, charger.method) == ("APT", "7kW Dual Outlet", "ac")
    assert (charger.rated_kw, Connector.objects.get().rated_kw) == (14, 7)
    assert charger.history.get().history_change_reason == f"Import {run.number}"


def test_a_check_makes_no_equipment(scoped: Cast) -> None:
    text = text_of([at_site(PLAIN, "Trades Lane")], SITE_HEAD)
    check_file(run=received(text, create_missing=True), actor=None, now=now())
    assert not Charger.objects.exists()


def test_a_site_is_found_by_its_name_or_code_in_any_case(scoped: Cast) -> None:
    rows = [at_site(PLAIN, "alpha  quay"), at_site(("2", "CP-2", *PLAIN[2:]), "b")]
    imported(*rows, head=SITE_HEAD, create_missing=True)
    sites = ChargingSession.objects.order_by("external_id").values_list("site__code", flat=True)
    assert list(sites) == ["A", "B"]
    assert Site.objects.count() == 2


def test_sessions_at_a_test_site_are_set_aside_and_the_charger_stands_where_customers_charged_last(
    scoped: Cast,
) -> None:
    day = "2026-03-0{} 12:00"
    rows = [
        at_site(("1", "CP-1", "1", day.format(1), day.format(1), "0"), "***TEST SITE*** HQ"),
        at_site(("2", "CP-1", "1", day.format(3), day.format(3), "0"), "New Street"),
        at_site(("3", "CP-1", "1", day.format(2), day.format(2), "0"), "Old Street"),
        at_site(("4", "CP-1", "1", day.format(4), day.format(4), "0"), "***TEST SITE*** HQ"),
    ]
    run = imported(*rows, head=SITE_HEAD, create_missing=True)
    assert (counts(run), reasons(run)) == ({"new": 2, "aside": 2}, {"test_site": 2})
    assert Charger.objects.get().site.name == "New Street"
    assert [site.is_test for site in Site.objects.filter(name__startswith="***")] == [True]


def test_a_charger_moves_with_newer_sessions_and_not_with_older_ones(scoped: Cast) -> None:
    row = ("{}", "CP-1", "1", "2026-03-0{} 12:00", "2026-03-0{} 13:00", "1")
    for number, site in ((2, "First Street"), (3, "Second Street"), (1, "Ancient Street")):
        told = at_site(tuple(cell.format(number) for cell in row), site)
        imported(told, head=SITE_HEAD, create_missing=True)
    assert Charger.objects.get().site.name == "Second Street"


def test_equipment_that_is_there_stays_where_it_is_when_nothing_is_to_be_made(scoped: Cast, connector: Any) -> None:
    imported(at_site(PLAIN, "Beta Mall"), head=SITE_HEAD)
    assert Charger.objects.get().site == scoped.site
    assert ChargingSession.objects.get().site == scoped.second_site


# -- undo -------------------------------------------------------------------------------------------------------------


def test_an_undo_takes_back_everything(scoped: Cast) -> None:
    run = imported(at_site(PLAIN, "New Street"), head=SITE_HEAD, create_missing=True)
    undo_import(run=run, actor=None, now=now())
    assert not ChargingSession.objects.exists()
    assert not Charger.objects.exists()
    assert Site.objects.count() == 2
    assert rollup_differences() == []


def test_an_undo_gives_changed_sessions_their_values_back(connector: Any) -> None:
    imported(("1", "CP-1", "1", "2026-03-02 12:00", "", ""))
    undo_import(run=imported(PLAIN), actor=None, now=now())
    session = ChargingSession.objects.get()
    assert (session.state, session.ended_at, session.energy_wh) == ("aside", None, None)
    assert rollup_differences() == []


def test_an_import_whose_sessions_were_decided_upon_is_not_undone(scoped: Cast, connector: Any) -> None:
    run = imported(PLAIN)
    reject_session(session=ChargingSession.objects.get(), reason="Twice", actor=scoped.director, now=now())
    with pytest.raises(CannotUndo):
        undo_import(run=run, actor=None, now=now())
    assert SessionDecision.objects.count() == 1


# -- two networks -----------------------------------------------------------------------------------------------------


def test_a_file_meets_the_equipment_and_sessions_of_its_own_network_alone(cast: Cast) -> None:
    with network_scope(cast.other):
        make_connector(cast.other_site, "CP-1")
        imported(PLAIN)
    with network_scope(cast.network):
        assert reasons(imported(PLAIN)) == {"unknown_charger": 1}
        make_connector(make_site("C"), "CP-1")
        assert counts(imported(PLAIN)) == {"changed": 1}
    with network_scope(cast.other):
        assert ChargingSession.objects.get().site == cast.other_site
