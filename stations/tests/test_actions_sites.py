"""Opening, suspending, closing and supplying sites."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.clock import day_of, now
from core.tenancy.scope import network_scope
from security.models import WorkRecord
from stations.actions import (
    SiteRefused,
    change_status,
    close_due_sites,
    close_site,
    keep_site,
    withdraw_closing,
)
from stations.models import Charger, Connector, Site
from stations.tasks import close_due_sites_everywhere
from tests.cast import make_site

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2024, 5, 10, 12, tzinfo=datetime.UTC)
TODAY = datetime.date(2024, 5, 10)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def deed(scoped: Any) -> dict[str, Any]:
    """What every deed takes."""
    return {"actor": scoped.director, "now": NOON, "reason": "the lease ends"}


def equipped(site: Site, *states: str) -> Charger:
    """A charger at the site with a connector in each state."""
    charger = Charger(code=f"{site.code}-CP", site=site)
    charger.save()
    for number, state in enumerate(states, start=1):
        Connector(charger=charger, number=number, state=state).save()
    return charger


def test_closing_a_site_takes_its_equipment_out_of_service(scoped: Any, deed: Any) -> None:
    charger = equipped(scoped.site, "Available", "Faulted")
    site = close_site(site=scoped.site, closes_on=TODAY, **deed)
    charger.refresh_from_db()
    assert (site.status, site.closed_on, charger.state) == ("closed", TODAY, "out_of_service")
    assert set(charger.connectors.values_list("state", "state_since")) == {("Unavailable", NOON)}


def test_closing_leaves_history_and_a_record(scoped: Any, deed: Any) -> None:
    charger = equipped(scoped.site, "Available")
    close_site(site=scoped.site, closes_on=TODAY, **deed)
    assert scoped.site.history.first().history_change_reason == "the lease ends"
    assert charger.history.count() == 2
    record = WorkRecord.objects.get(verb="site.closed")
    assert (record.account, record.target_id, record.summary) == (scoped.director, scoped.site.pk, "the lease ends")
    assert (record.before["status"], record.after["status"]) == ("open", "closed")


def test_closing_twice_is_closing_once(scoped: Any, deed: Any) -> None:
    close_site(site=scoped.site, closes_on=TODAY, **deed)
    close_site(site=scoped.site, closes_on=TODAY, **deed)
    assert WorkRecord.objects.filter(verb="site.closed").count() == 1
    assert scoped.site.history.count() == 2


def test_a_closed_site_does_not_close_on_another_day(scoped: Any, deed: Any) -> None:
    close_site(site=scoped.site, closes_on=TODAY, **deed)
    with pytest.raises(SiteRefused, match="2024-05-10"):
        close_site(site=scoped.site, closes_on=TODAY - DAY, **deed)


def test_a_removed_charger_stays_removed(scoped: Any, deed: Any) -> None:
    charger = equipped(scoped.site)
    charger.state = "removed"
    charger.save()
    close_site(site=scoped.site, closes_on=TODAY, **deed)
    charger.refresh_from_db()
    assert charger.state == "removed"


def test_a_site_that_supplies_others_does_not_close(scoped: Any, deed: Any) -> None:
    centre = make_site("DC", kind="distribution_centre")
    make_site("ST-1", supplied_by=centre)
    with pytest.raises(SiteRefused, match="ST-1") as caught:
        close_site(site=centre, closes_on=TODAY, **deed)
    assert caught.value.code == "supplies"
    centre.refresh_from_db()
    assert centre.status == "open"


def test_a_site_whose_supplied_sites_are_closed_closes(scoped: Any, deed: Any) -> None:
    centre = make_site("DC", kind="distribution_centre")
    supplied = make_site("ST-1", supplied_by=centre)
    close_site(site=supplied, closes_on=TODAY, **deed)
    assert close_site(site=centre, closes_on=TODAY, **deed).status == "closed"


@pytest.mark.parametrize("state", ["Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved"])
def test_a_site_does_not_close_under_a_customer(scoped: Any, deed: Any, state: str) -> None:
    equipped(scoped.site, state, "Available")
    with pytest.raises(SiteRefused) as caught:
        close_site(site=scoped.site, closes_on=TODAY, **deed)
    assert caught.value.code == "busy"


def test_a_site_does_not_close_before_it_opened(scoped: Any, deed: Any) -> None:
    scoped.site.opened_on = TODAY
    scoped.site.save()
    with pytest.raises(SiteRefused) as caught:
        close_site(site=scoped.site, closes_on=TODAY - DAY, **deed)
    assert caught.value.field == "closes_on"


def test_a_later_closing_is_noted_and_done_when_the_day_comes(scoped: Any, deed: Any) -> None:
    charger = equipped(scoped.site, "Charging")
    site = close_site(site=scoped.site, closes_on=TODAY + DAY, **deed)
    assert (site.status, site.closed_on) == ("open", TODAY + DAY)
    assert close_due_sites(actor=None, now=NOON) == 0
    Connector.objects.get(charger=charger).delete()
    assert close_due_sites(actor=None, now=NOON + DAY) == 1
    site.refresh_from_db()
    assert (site.status, site.closed_on) == ("closed", TODAY + DAY)


def test_a_site_that_cannot_close_on_its_day_does_not_keep_others_open(scoped: Any, deed: Any) -> None:
    equipped(scoped.site, "Charging")
    for site in (scoped.site, scoped.second_site):
        close_site(site=site, closes_on=TODAY + DAY, **deed)
    assert close_due_sites(actor=None, now=NOON + DAY) == 1
    scoped.second_site.refresh_from_db()
    assert scoped.second_site.status == "closed"


def test_planning_the_same_closing_twice_is_recorded_once(scoped: Any, deed: Any) -> None:
    for _time in range(2):
        close_site(site=scoped.site, closes_on=TODAY + DAY, **deed)
    assert WorkRecord.objects.filter(verb="site.closing-planned").count() == 1


def test_the_scheduled_task_closes_in_every_network(cast: Any) -> None:
    for network, site in ((cast.network, cast.site), (cast.other, cast.other_site)):
        with network_scope(network):
            site.closed_on = day_of(now(), network)
            site.save()
    close_due_sites_everywhere()
    for network, site in ((cast.network, cast.site), (cast.other, cast.other_site)):
        with network_scope(network):
            assert Site.objects.get(pk=site.pk).status == "closed"


def test_a_planned_closing_can_be_withdrawn(scoped: Any, deed: Any) -> None:
    close_site(site=scoped.site, closes_on=TODAY + DAY, **deed)
    site = withdraw_closing(site=scoped.site, **deed)
    withdraw_closing(site=scoped.site, **deed)
    assert (site.status, site.closed_on) == ("open", None)
    assert WorkRecord.objects.filter(verb="site.closing-withdrawn").count() == 1


def test_what_is_closed_cannot_be_withdrawn(scoped: Any, deed: Any) -> None:
    close_site(site=scoped.site, closes_on=TODAY, **deed)
    with pytest.raises(SiteRefused):
        withdraw_closing(site=scoped.site, **deed)


def test_opening_a_planned_site_notes_the_day(scoped: Any, deed: Any) -> None:
    planned = make_site("P", status="planned")
    site = change_status(site=planned, status="open", **deed)
    assert (site.status, site.opened_on) == ("open", TODAY)


def test_opening_a_closed_site_forgets_the_end(scoped: Any, deed: Any) -> None:
    close_site(site=scoped.site, closes_on=TODAY, **deed)
    site = change_status(site=scoped.site, status="open", **deed)
    assert (site.status, site.closed_on) == ("open", None)


def test_the_same_status_again_changes_nothing(scoped: Any, deed: Any) -> None:
    change_status(site=scoped.site, status="open", **deed)
    assert scoped.site.history.count() == 1
    assert not WorkRecord.objects.filter(verb="site.status-changed").exists()


@pytest.mark.parametrize("status", ["closed", "gone", ""])
def test_a_status_that_is_none_is_refused(scoped: Any, deed: Any, status: str) -> None:
    with pytest.raises(SiteRefused) as caught:
        change_status(site=scoped.site, status=status, **deed)
    assert caught.value.field == "status"


def test_a_site_does_not_open_under_a_closed_supplier(scoped: Any, deed: Any) -> None:
    centre = make_site("DC", kind="distribution_centre")
    supplied = make_site("ST-1", supplied_by=centre)
    for site in (supplied, centre):
        close_site(site=site, closes_on=TODAY, **deed)
    with pytest.raises(SiteRefused) as caught:
        change_status(site=supplied, status="open", **deed)
    assert caught.value.code == "supplier-closed"


# --- Supply ---------------------------------------------------------------------------------------------------------


def test_only_a_distribution_centre_supplies(scoped: Any, deed: Any) -> None:
    with pytest.raises(SiteRefused) as caught:
        keep_site(row=Site(code="N", name="New", supplied_by=scoped.site), **deed)
    assert caught.value.field == "supplied_by"


def test_a_closed_distribution_centre_supplies_nothing_new(scoped: Any, deed: Any) -> None:
    centre = make_site("DC", kind="distribution_centre", status="closed")
    with pytest.raises(SiteRefused):
        keep_site(row=Site(code="N", name="New", supplied_by=centre), **deed)


def test_a_centre_that_supplies_stays_a_centre(scoped: Any, deed: Any) -> None:
    centre = make_site("DC", kind="distribution_centre")
    make_site("ST-1", supplied_by=centre)
    centre.kind = "member_store"
    with pytest.raises(SiteRefused) as caught:
        keep_site(row=centre, **deed)
    assert caught.value.field == "kind"


def refused_by_the_database(site: Site) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        site.save()
    return str(caught.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


def test_the_database_holds_the_rule_of_supply(scoped: Any) -> None:
    centre = make_site("DC", kind="distribution_centre")
    supplied = make_site("ST-1", supplied_by=centre)
    closed = make_site("DC-2", kind="distribution_centre", status="closed")
    assert refused_by_the_database(Site(code="N", supplied_by=scoped.site)) == "site_supplier_is_a_centre"
    assert refused_by_the_database(Site(code="N", supplied_by=closed)) == "site_supplier_is_a_centre"
    supplied.supplied_by = scoped.site
    assert refused_by_the_database(supplied) == "site_supplier_is_a_centre"
    centre.kind = "charging_station"
    assert refused_by_the_database(centre) == "site_supplier_is_a_centre"
    centre.kind, centre.status = "distribution_centre", "closed"
    assert refused_by_the_database(centre) == "site_supplier_is_a_centre"


@pytest.mark.parametrize("place", [(50, None), (None, 8), (91, 8), (50, 181)])
def test_the_database_holds_that_a_place_is_whole_and_on_earth(scoped: Any, place: tuple[Any, Any]) -> None:
    latitude, longitude = place
    (name,) = {one.name for one in Site._meta.constraints if "latitude" in str(getattr(one, "condition", ""))}
    assert refused_by_the_database(Site(code="N", latitude=latitude, longitude=longitude)) == name


def test_a_site_supplied_by_another_network_is_refused_by_the_database(cast: Any) -> None:
    with network_scope(cast.other):
        foreign = make_site("DC", kind="distribution_centre")
    with network_scope(cast.network), pytest.raises(IntegrityError), transaction.atomic():
        Site(code="N", supplied_by_id=foreign.pk).save()
