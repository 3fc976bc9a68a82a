"""Two people at once: a distribution centre never closes while somebody makes it a supplier."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction

from core.clock import day_of, now
from core.errors import Refusal
from core.tenancy.scope import network_scope
from stations.actions import Decision, close_site, decide_listing, keep_site, set_charger_state
from stations.models import Charger, Site, SiteListing
from tests.cast import make_site

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(network: Any, *deeds: Callable[[], Any]) -> list[str]:
    """Run the deeds in threads of their own, let go together; how each ended."""
    gate, ended = threading.Barrier(len(deeds)), ["" for _deed in deeds]

    def run(number: int, deed: Callable[[], Any]) -> None:
        try:
            with network_scope(network):
                gate.wait(timeout=20)
                deed()
            ended[number] = "done"
        except Refusal as refusal:
            ended[number] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, deed)) for number, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return ended


def test_of_closing_a_centre_and_giving_it_a_site_one_is_refused(cast: Any) -> None:
    deed = {"actor": cast.director, "now": now(), "reason": "x"}
    for number in range(6):
        with network_scope(cast.network):
            centre = make_site(f"DC-{number}", kind="distribution_centre")
            supplied = make_site(f"ST-{number}")
            supplied.supplied_by = centre
        ended = at_once(
            cast.network,
            lambda centre=centre: close_site(site=centre, closes_on=day_of(now(), cast.network), **deed),
            lambda supplied=supplied: keep_site(row=supplied, **deed),
        )
        assert sorted(ended) in (["done", "no-supplier"], ["done", "supplies"]), ended
        with network_scope(cast.network):
            assert not Site.objects.filter(supplied_by__status="closed").exclude(status="closed").exists()


def test_the_database_alone_holds_the_rule_between_transactions(cast: Any) -> None:
    with network_scope(cast.network):
        centre = make_site("DC", kind="distribution_centre")
    supplied, closed = threading.Event(), []

    def close() -> None:
        try:
            supplied.wait(timeout=20)
            with network_scope(cast.network):
                row = Site.objects.get(pk=centre.pk)
                row.status = "closed"
                row.save()
            closed.append("closed")
        except Exception as error:  # whatever the database says
            closed.append(type(error).__name__)
        finally:
            connections.close_all()

    thread = threading.Thread(target=close)
    thread.start()
    with network_scope(cast.network), transaction.atomic():
        make_site("ST", supplied_by=centre)
        supplied.set()
        thread.join(timeout=1)  # it waits for this transaction, and so does not end before it
        assert closed == []
    thread.join(timeout=20)
    assert closed == ["IntegrityError"]


def test_eight_people_make_one_site_of_one_listing(cast: Any) -> None:
    with network_scope(cast.network):
        listing = SiteListing(source="Register", external_id="R-1", state="doubtful")
        listing.save()
    deed = {"listing": listing, "actor": cast.director, "now": now(), "reason": "seen on site", "seen": "doubtful::"}
    deeds = [lambda: decide_listing(decision=Decision.NEW, code="QUAY", **deed) for _person in range(8)]
    assert at_once(cast.network, *deeds) == ["done"] * 8
    with network_scope(cast.network):
        assert Site.objects.filter(code="QUAY").count() == 1
        assert listing.history.count() == 2


def test_a_charger_never_goes_into_service_while_its_site_closes(cast: Any) -> None:
    deed = {"actor": cast.director, "now": now(), "reason": "x"}
    for number in range(6):
        with network_scope(cast.network):
            site = make_site(f"S-{number}")
            charger = Charger(code=f"CP-{number}", site=site, state="out_of_service")
            charger.save()
        ended = at_once(
            cast.network,
            lambda site=site: close_site(site=site, closes_on=day_of(now(), cast.network), **deed),
            lambda charger=charger: set_charger_state(charger=charger, state="in_service", **deed),
        )
        assert ended[0] == "done"
        with network_scope(cast.network):
            charger.refresh_from_db()
            assert charger.state == "out_of_service", ended
