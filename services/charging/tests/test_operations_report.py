"""The operations report against sessions that were counted by hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.clock import Month
from core.reporting import make, report_named
from core.reporting.asking import Asker
from core.reporting.files import to_xlsx
from core.reporting.paper import to_pdf
from core.tests.paper_tools import texts_of
from services.charging.models import SessionState
from services.charging.tests.making import make_connector, make_session
from stations.models import Charger, District
from stations.vocabulary import ChargerState
from tests.cast import make_site

MARCH = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 4, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def sessions(scoped):
    """March: three accepted at A (two on one day), one at B, two set aside, one rejected; February: one at B."""
    first, second = make_connector(scoped.site, "CP-1"), make_connector(scoped.second_site, "CP-2")
    make_session(first, MARCH, 60, energy_wh=10_000)
    make_session(first, MARCH + timedelta(hours=2), 120, energy_wh=20_500)
    make_session(first, MARCH + timedelta(days=1), 60, energy_wh=5_000)
    make_session(second, MARCH, 30, energy_wh=1_500)
    make_session(first, MARCH, 60, energy_wh=-890, state=SessionState.SET_ASIDE, doubt="negative_energy")
    make_session(None, MARCH, 60, energy_wh=None, ended_at=None, state=SessionState.SET_ASIDE, doubt="open")
    make_session(first, MARCH, 60, energy_wh=1_430_170, state=SessionState.REJECTED, doubt="impossible_energy")
    make_session(second, FEBRUARY, 60, energy_wh=4_000)
    return scoped


def made_for(scoped, account=None, now=LATER, **given):
    report = report_named("operations")
    asker = Asker(scoped.network, now, account, is_system=account is None)
    form = report.form(asker, {"month": "2026-03"} | given)
    assert form.is_valid(), form.errors
    with timezone.override(scoped.network.zone):
        return make(report, asker, form.values)


def figures(made):
    return {figure.name: figure.value for figure in made.result.figures}


def before(made):
    return {figure.name: figure.before for figure in made.result.figures}


def table(made, name):
    (found,) = [table for table in made.canonical["tables"] if table["name"] == name]
    return found


def test_accepted_sessions_are_counted_and_no_others(sessions):
    made = made_for(sessions)
    assert (figures(made)["sessions"], figures(made)["energy"]) == (4, 37_000)
    assert (before(made)["sessions"], before(made)["energy"]) == (1, 4_000)


def test_every_session_that_was_told_is_accounted_for(sessions):
    made = made_for(sessions)
    assert (figures(made)["sessions_told"], figures(made)["energy_told"]) == (7, 37_000 - 890 + 1_430_170)
    accounts = table(made, "accounts")
    assert [(row["state"], row["reason"], row["sessions"], row["energy"]) for row in accounts["rows"]] == [
        ("accepted", None, 4, 37_000),
        ("aside", "open", 1, 0),
        ("aside", "negative_energy", 1, -890),
        ("rejected", "impossible_energy", 1, 1_430_170),
    ]
    assert sum(row["sessions"] for row in accounts["rows"]) == accounts["totals"]["sessions"] == 7
    assert sum(row["energy"] for row in accounts["rows"]) == accounts["totals"]["energy"]


def test_means_are_rounded_half_up_to_whole_units(sessions):
    values = figures(made_for(sessions))
    assert values["energy_per_session"] == 9_250
    assert values["mean_length"] == (60 + 120 + 60 + 30) * 60 // 4
    assert values["sessions_per_day"] == Decimal("0.1290")


def test_utilisation_is_occupied_time_over_the_time_of_all_points(sessions):
    # London puts its clocks forward in March: the month has 743 hours.
    assert figures(made_for(sessions))["utilisation"] == (Decimal("4.5") / (2 * 743)).quantize(Decimal("0.000001"))


def test_two_connectors_of_one_point_are_one_place_to_charge(sessions):
    make_connector(sessions.site, "CP-3", 1)
    make_connector(sessions.site, "CP-3", 2)
    assert table(made_for(sessions), "sites")["totals"]["points"] == 4
    for connector in Charger.objects.get(code="CP-3").connectors.all():
        connector.point = 1
        connector.save()
    assert table(made_for(sessions), "sites")["totals"]["points"] == 3


@pytest.mark.parametrize(
    "fields",
    [
        {"state": ChargerState.PLANNED},
        {"state": ChargerState.REMOVED},
        {"commissioned_on": "2026-04-01"},
        {"method": "battery_rack"},
    ],
)
def test_equipment_that_could_not_charge_cars_then_is_no_point(sessions, fields):
    make_connector(sessions.site, "CP-3")
    charger = Charger.objects.get(code="CP-3")
    for name, value in fields.items():
        setattr(charger, name, value)
    charger.save()
    assert table(made_for(sessions), "sites")["totals"]["points"] == 2


def test_a_network_without_points_has_no_utilisation(scoped):
    assert figures(made_for(scoped))["utilisation"] is None


def test_sites_stand_busiest_first_with_the_month_before(sessions):
    rows = table(made_for(sessions), "sites")["rows"]
    assert [(row["code"], row["sessions"], row["energy"], row["energy_before"]) for row in rows] == [
        ("A", 3, 35_500, 0),
        ("B", 1, 1_500, 4_000),
    ]


def test_a_site_that_fell_silent_is_still_in_the_list(sessions):
    silent = make_site("C", name="Silent Street")
    make_session(make_connector(silent, "CP-9"), FEBRUARY, energy_wh=7_000)
    rows = table(made_for(sessions), "sites")["rows"]
    assert (rows[-1]["code"], rows[-1]["sessions"], rows[-1]["energy_before"]) == ("C", 0, 7_000)


def test_every_day_of_the_month_has_a_line(sessions):
    rows = table(made_for(sessions), "days")["rows"]
    assert len(rows) == 31
    assert (rows[9]["day"], rows[9]["weekday"], rows[9]["sessions"], rows[9]["energy"]) == (
        "2026-03-10",
        "2",
        3,
        32_000,
    )
    assert sum(row["energy"] for row in rows) == 37_000


def test_the_busiest_hours_are_those_of_the_wall_clock(sessions):
    rows = table(made_for(sessions), "busiest_hours")["rows"]
    assert [(row["weekday"], row["hour"], row["sessions"]) for row in rows] == [
        ("2", "09:00–10:00", 2), ("2", "11:00–12:00", 1), ("3", "09:00–10:00", 1),
    ]  # fmt: skip


def test_one_site_shows_its_chargers_instead_of_sites(sessions):
    made = made_for(sessions, site="A")
    assert [row["charger"] for row in table(made, "chargers")["rows"]] == ["CP-1"]
    assert (figures(made)["sessions"], figures(made)["set_aside"], str(made.result.place)) == (3, 1, "A Alpha Quay")


def test_a_district_is_the_sum_of_its_sites(sessions):
    district = District(code="NORTH", name="North")
    district.save()
    sessions.second_site.district = district
    sessions.second_site.save()
    assert figures(made_for(sessions, district="NORTH"))["energy"] == 1_500


def test_a_site_outside_of_the_chosen_district_is_an_error(sessions):
    district = District(code="NORTH", name="North")
    district.save()
    with pytest.raises(ValidationError, match="not in that district"):
        report_named("operations").check({"site": sessions.site, "district": district})


def test_an_operator_gets_the_figures_of_the_own_site_alone(sessions):
    made = made_for(sessions, sessions.operator)
    assert (figures(made)["sessions"], str(made.result.place)) == (3, "Your sites")
    assert [row["code"] for row in table(made, "sites")["rows"]] == ["A"]


def test_a_month_that_is_not_over_says_so_and_counts_its_days_up_to_now(sessions):
    made = made_for(sessions, now=MARCH + timedelta(days=2))
    assert figures(made)["sessions_per_day"] == Decimal("0.3333")
    assert "The month is not over" in str(made.result.notes[0])


def test_a_month_without_sessions_is_a_report_of_zeros(sessions):
    made = made_for(sessions, month="2025-01")
    values = figures(made)
    assert (values["sessions"], values["energy"], values["energy_per_session"]) == (0, 0, None)
    assert to_pdf(made).pages >= 1
    assert to_xlsx(made)


def test_the_last_month_with_sessions_is_taken_when_none_is_asked_for(sessions):
    report = report_named("operations")
    form = report.form(Asker(sessions.network, LATER, sessions.director), {})
    assert form.is_valid()
    assert form.values["month"] == Month(2026, 3)


def test_the_paper_carries_charts_and_every_reason(sessions):
    pdf = to_pdf(made_for(sessions))
    text = " ".join(" ".join(texts_of(pdf.content)).split())
    assert "Negative energy" in text
    assert "March 2026 · Whole network" in text
    assert pdf.complaints == ()


def queries_of(scoped) -> int:
    with CaptureQueriesContext(connection) as queries:
        made_for(scoped)
    return len(queries)


def test_the_number_of_queries_is_the_same_for_one_site_and_for_many(sessions):
    few = queries_of(sessions)
    for number in range(3):
        make_session(make_connector(make_site(f"S{number}"), f"CP-S{number}"), MARCH)
    assert queries_of(sessions) == few == 9
