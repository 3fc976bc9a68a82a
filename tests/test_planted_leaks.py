"""The control of the walk: leaks are planted one by one, as a tired programmer would make them; each must be found."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import QuerySet
from pytest import MonkeyPatch  # noqa: PT013 (a type)

from chargenet.dashboard import figures as dashboard
from chargenet.live import access
from core.crud import choosing, filters, forms, history, lists
from core.crud.listing import Listing, with_columns
from core.errors import Refusal
from core.jobs import views as jobs
from core.jobs.models import Job
from core.reporting.asking import Asker
from core.tenancy.scope import network_scope
from security import middleware
from security.models import Network
from security.rights import PlaceRights
from services.charging.models import ChargingDay, ChargingSession
from services.charging.views.sessions import SessionViews
from stations.models import Charger, District
from stations.printing import sheets
from stations.views.districts import DistrictViews
from tests import walk_probes as probes
from tests.cast import Cast
from tests.test_walk import world  # noqa: F401 (a fixture)
from tests.world import CANARY, Sample


def everywhere(model: Any) -> QuerySet[Any]:
    """Rows of all networks: what a forgotten manager gives."""
    return QuerySet(model)


@dataclass(frozen=True)
class Leak:
    """One mistake, and the probe that has to find it."""

    kind: str
    plant: Callable[[MonkeyPatch, Cast], None]
    probe: probes.Probe


def rows_of_a_list(patch: MonkeyPatch, cast: Cast) -> None:
    patch.setattr(lists, "_load", lambda views, keys, shown: list(with_columns(views, everywhere(Charger), shown)))


def rows_of_an_export(patch: MonkeyPatch, cast: Cast) -> None:
    patch.setattr(Listing, "sorted_rows", lambda self: everywhere(self.views.model).order_by("pk"))


def a_record_by_its_number(patch: MonkeyPatch, cast: Cast) -> None:
    patch.setattr(SessionViews, "rows", classmethod(lambda cls, request, permission: everywhere(cls.model)))


def choices_of_a_form(patch: MonkeyPatch, cast: Cast) -> None:
    for module in (choosing, filters, forms):
        patch.setattr(module, "choices_of", lambda views, request, path, target, permission="": everywhere(target))


def suggestions(patch: MonkeyPatch, cast: Cast) -> None:
    patch.setattr(choosing, "_resembles", lambda model, key, text: choosing.Q(pk__gt=0))
    choices_of_a_form(patch, cast)


def history_of_others(patch: MonkeyPatch, cast: Cast) -> None:
    with network_scope(cast.other):
        charger = Charger.objects.get()
        charger.vendor = f"{CANARY} {uuid.uuid4()}"
        charger.save()
    patch.setattr(history, "_newest_first", lambda row: everywhere(type(row).history.model).order_by("-history_id"))


def a_count(patch: MonkeyPatch, cast: Cast) -> None:
    inner = dashboard.doubts_waiting
    patch.setattr(dashboard, "doubts_waiting", lambda sums: inner(everywhere(ChargingDay)))


def sums_of_a_report(patch: MonkeyPatch, cast: Cast) -> None:
    with network_scope(cast.other):
        session = ChargingSession.objects.first()
        session.state, session.doubts, session.doubt = "accepted", [], ""
        session.save()
    patch.setattr(Asker, "visible", lambda self, model, permission: everywhere(model))


def lines_of_a_paper(patch: MonkeyPatch, cast: Cast) -> None:
    def chargers(site: Any, account: Any) -> list[list[Any]]:
        return [[row.code, row.vendor, "", "", None, "", None, ""] for row in everywhere(Charger)]

    patch.setattr(sheets, "_chargers", chargers)


def a_page_remembered_for_all(patch: MonkeyPatch, cast: Cast) -> None:
    inner, kept = dashboard._jobs, {}

    def remembered(account: Any) -> Any:
        if "jobs" not in kept:  # the key names no network
            kept["jobs"] = inner(account)
        return kept["jobs"]

    patch.setattr(dashboard, "_jobs", remembered)


def a_file_by_its_number(patch: MonkeyPatch, cast: Cast) -> None:
    patch.setattr(jobs, "jobs_of", lambda account: everywhere(Job))


def a_rule_across_networks(patch: MonkeyPatch, cast: Cast) -> None:
    inner = DistrictViews.create_action

    def create(*, row: District, **said: Any) -> Any:
        if everywhere(District).filter(code=row.code).exists():
            raise Refusal("This code is taken.", field="code")
        return inner(row=row, **said)

    patch.setattr(DistrictViews, "create_action", staticmethod(create))


def one_channel_for_all(patch: MonkeyPatch, cast: Cast) -> None:
    patch.setattr(access, "channel", lambda network_id, topic: f"live:{topic}")


def an_open_door(patch: MonkeyPatch, cast: Cast) -> None:
    patch.setattr(middleware, "network_of", lambda account, slug: Network.objects.filter(slug=slug).first())


def every_right(patch: MonkeyPatch, cast: Cast) -> None:
    patch.setattr(PlaceRights, "may", lambda self, account, permission, place=None: True)


def every_site(patch: MonkeyPatch, cast: Cast) -> None:
    patch.setattr(PlaceRights, "visible", lambda self, queryset, account, permission: queryset)


LEAKS = [
    Leak("a list", rows_of_a_list, probes.shows("stations:charger-list")),
    Leak("an export", rows_of_an_export, probes.shows("stations:charger-export", query=({}, {"format": "xlsx"}))),
    Leak("a record by its number", a_record_by_its_number, probes.reaches("charging:session-detail")),
    Leak("the choices of a form", choices_of_a_form, probes.shows("stations:charger-create")),
    Leak("suggestions", suggestions, probes.shows("stations:charger-choices")),
    Leak("a history", history_of_others, probes.shows("stations:charger-history")),
    Leak("a count", a_count, probes.moves("dashboard")),
    Leak("a report", sums_of_a_report, probes.shows("reports:report-detail", query=({}, {"format": "json"}))),
    Leak("a paper", lines_of_a_paper, probes.shows("stations:site-sheet")),
    Leak("a memory", a_page_remembered_for_all, probes.visited_by_both("dashboard")),
    Leak("a file by its number", a_file_by_its_number, probes.reaches("core:job-result", "core:job-part")),
    Leak("an error", a_rule_across_networks, probes.collides),
    Leak("a live stream", one_channel_for_all, probes.listens),
    Leak("the door", an_open_door, probes.opens),
    Leak("a right", every_right, probes.permits),
    Leak("another site", every_site, probes.shows("stations:site-list", word="Beta Mall", who="operator")),
    Leak("the command", sums_of_a_report, probes.reports),
]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_planted_leak_is_found(cast: Cast, world: tuple[Sample, Sample], without_second_wall: None) -> None:  # noqa: F811
    """Row-level security is off: what is planted in the program must show, or the probe looks the wrong way."""
    own, foreign = world
    wrong, missed = {}, []
    for leak in LEAKS:
        found = leak.probe(cast, own, foreign)
        if found:
            wrong[leak.kind] = found
        with MonkeyPatch.context() as patch:
            leak.plant(patch, cast)
            if not leak.probe(cast, own, foreign):
                missed.append(leak.kind)
    assert (missed, wrong) == ([], {}), (missed, wrong)
