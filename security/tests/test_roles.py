"""Roles: where they are held, from when until when, who gives them, and who may not."""

import datetime
import threading
import time

import pytest
from django.db import IntegrityError, connection, transaction

from core.clock import now
from core.context import acting_as
from core.rights import may
from core.tenancy.scope import network_scope
from core.testing import CRUDTests
from security.actions import RoleRefused, end_assignments, give_role, withdraw_role
from security.models import Account, Assignment, Network, RoleGroup, Source, WorkRecord
from security.people import AssignmentViews
from security.places import place_kinds, sort_words
from security.role_limits import ceiling_of, floor_of
from security.roles import FACTS, MATRIX, NETWORK, SITES, Role, permissions_of
from security.words import AREAS, TEXTS, permission_text
from tests.cast import make_account, make_site

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)


def fresh(account):
    """The account as a new request loads it."""
    return Account.objects.get(pk=account.pk)


def spans(account):
    """(begin, end) of the account's assignments, in order."""
    return list(Assignment.objects.filter(account=account).order_by("begins_at").values_list("begins_at", "ends_at"))


# --- The matrix -------------------------------------------------------------------------------------------------------


def test_every_role_is_described_and_has_places():
    known = {NETWORK, *SITES}
    assert {role for role in Role if FACTS[role].description and set(FACTS[role].places) <= known} == set(Role)


def test_sorts_of_places_are_those_that_are_registered():
    registered = {sort for kind in place_kinds() for sort in kind.sorts}
    assert registered == {NETWORK, *SITES}
    assert sort_words("member_store") == "Battery member store"


def test_every_permission_has_words_and_an_area():
    assert [p for p in MATRIX if permission_text(p) in ("", p)] == []
    assert set(TEXTS) <= set(MATRIX)
    assert {p.partition(".")[0] for p in TEXTS} <= set(AREAS)


def test_the_director_holds_everything():
    assert set(permissions_of(Role.DIRECTOR)) == set(MATRIX)


@pytest.mark.parametrize("role", Role.values)
def test_the_matrix_stays_within_its_own_limits(role):
    assert floor_of(role) <= set(permissions_of(role)) <= ceiling_of(role)


# --- Places -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role.values)
def test_a_role_is_held_at_fitting_places_only(scoped, role):
    places = {NETWORK: scoped.network} | {sort: make_site(f"X-{sort}", kind=sort) for sort in SITES}
    given = {"account": scoped.nobody, "role": role, "actor": None, "now": now()}
    for sort, place in places.items():
        if sort in FACTS[Role(role)].places:
            assert give_role(**given, place=place).group.place == place
        else:
            with pytest.raises(RoleRefused) as refused:
                give_role(**given, place=place)
            assert (refused.value.field, refused.value.code) == ("place", "wrong-place")


def test_a_wrong_place_is_refused_in_words(cast, signed_in):
    form = {"email": "nora@example.org", "role": "depot_clerk", "place": "A"}
    answer = signed_in(cast.director).post("/n/harbour/people/give/", form)
    assert answer.status_code == 422
    assert "It is held at: Battery distribution centre." in answer.content.decode()


# --- Times ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_coming_role_begins_by_itself_to_the_second(cast, signed_in):
    client = signed_in(cast.nobody)
    begins = now() + datetime.timedelta(seconds=2)
    with network_scope(cast.network):
        give_role(account=cast.nobody, role="auditor", place=cast.network, actor=None, now=now(), begins_at=begins)
    before = client.get("/n/harbour/").status_code
    assert now() < begins, "the machine was too slow for this test"
    time.sleep(max(0, (begins - now()).total_seconds()))
    assert (before, client.get("/n/harbour/").status_code) == (404, 200)


def test_a_coming_role_shows_no_network_to_choose(cast, signed_in):
    with network_scope(cast.network):
        give_role(account=cast.nobody, role="auditor", place=cast.network, actor=None, now=now(), begins_at=now() + DAY)
    answer = signed_in(cast.nobody).get("/networks/")
    assert (answer.status_code, answer.context["networks"]) == (200, [])
    assert signed_in(cast.nobody).get("/n/harbour/").status_code == 404


def test_a_coming_role_survives_the_task_that_ends_others(scoped):
    moment = now()
    give_role(account=scoped.nobody, role="auditor", place=scoped.network, actor=None, now=moment, until=moment + HOUR)
    give_role(account=scoped.nobody, role="auditor", place=scoped.network, actor=None, now=moment,
              begins_at=moment + DAY)  # fmt: skip
    assert end_assignments(now=moment + 2 * HOUR) == 0
    assert scoped.nobody.groups.count() == 1


@pytest.mark.parametrize(
    ("begins", "until", "field"), [(-DAY, None, "begins_at"), (DAY, DAY, "until"), (DAY, HOUR, "until")]
)
def test_times_that_make_no_sense_are_refused(scoped, begins, until, field):
    moment = now()
    with pytest.raises(RoleRefused) as refused:
        give_role(
            account=scoped.nobody, role="auditor", place=scoped.network, actor=None, now=moment,
            begins_at=moment + begins, until=until and moment + until,
        )  # fmt: skip
    assert refused.value.field == field


# (held from, held until, asked from, asked until) in days, and what stands afterwards; "no" where it is refused.
OVERLAPS = [
    (0, 5, 0, 5, [(0, 5)]),
    (0, None, 0, None, [(0, None)]),
    (0, 5, 3, 9, [(0, 9)]),
    (0, 5, 3, None, [(0, None)]),
    (3, 9, 0, 5, [(0, 9)]),
    (3, 9, 1, 12, [(1, 12)]),
    (0, 5, 5, 9, [(0, 5), (5, 9)]),
    (0, 5, 7, 9, [(0, 5), (7, 9)]),
    (0, 9, 2, 5, "no"),
    (0, None, 2, 5, "no"),
]


@pytest.mark.parametrize(("held_from", "held_until", "asked_from", "asked_until", "expected"), OVERLAPS)
def test_overlapping_assignments_merge_or_are_refused(scoped, held_from, held_until, asked_from, asked_until, expected):
    moment = now()
    given = {"account": scoped.nobody, "role": "auditor", "place": scoped.network, "actor": None, "now": moment}
    times = [(held_from, held_until), (asked_from, asked_until)]
    spoken = [(moment + begin * DAY, None if end is None else moment + end * DAY) for begin, end in times]
    give_role(**given, begins_at=spoken[0][0], until=spoken[0][1])
    if expected == "no":
        with pytest.raises(RoleRefused) as refused:
            give_role(**given, begins_at=spoken[1][0], until=spoken[1][1])
        assert refused.value.code == "held-longer"
        return
    give_role(**given, begins_at=spoken[1][0], until=spoken[1][1])
    days = [
        ((begin - moment).days, None if end is None else (end - moment).days) for begin, end in spans(scoped.nobody)
    ]
    assert days == expected


def test_a_third_one_over_two_is_refused(scoped):
    moment = now()
    given = {"account": scoped.nobody, "role": "auditor", "place": scoped.network, "actor": None, "now": moment}
    give_role(**given, until=moment + DAY)
    give_role(**given, begins_at=moment + 2 * DAY, until=moment + 3 * DAY)
    with pytest.raises(RoleRefused) as refused:
        give_role(**given, begins_at=moment + HOUR, until=moment + 4 * DAY)
    assert refused.value.code == "overlaps"


def test_the_database_itself_holds_no_overlap(scoped):
    held = Assignment.objects.get(account=scoped.operator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment(account=scoped.operator, group=held.group, begins_at=now()).save()


def test_the_end_of_an_appointment_does_not_take_what_was_given_by_hand(scoped):
    moment = now()
    given = {"account": scoped.nobody, "role": "auditor", "place": scoped.network, "actor": None, "now": moment - HOUR}
    by_hand = give_role(**given)
    appointed = give_role(**given, source=Source.APPOINTMENT, source_id=7, reason="Position 7")
    assert (by_hand.pk != appointed.pk, appointed.reason) == (True, "Position 7")
    withdraw_role(assignment=appointed, actor=None, now=moment)
    assert may(fresh(scoped.nobody), "security.view_workrecord")
    withdraw_role(assignment=by_hand, actor=None, now=now())
    assert not may(fresh(scoped.nobody), "security.view_workrecord")


# --- Who gives --------------------------------------------------------------------------------------------------------


def test_nobody_changes_their_own_role(scoped):
    with pytest.raises(RoleRefused) as given:
        give_role(account=scoped.director, role="auditor", place=scoped.network, actor=scoped.director, now=now())
    own = Assignment.objects.get(account=scoped.director)
    with pytest.raises(RoleRefused) as withdrawn:
        withdraw_role(assignment=own, actor=scoped.director, now=now())
    assert (given.value.code, withdrawn.value.code) == ("own", "own")


@pytest.mark.parametrize("who", ["operator", "auditor", "nobody", "stranger"])
def test_nobody_gives_more_than_they_hold(scoped, who):
    target = make_account("Nils")
    with pytest.raises(RoleRefused) as refused:
        give_role(account=target, role="site_operator", place=scoped.site, actor=getattr(scoped, who), now=now())
    assert refused.value.code == "more-than-held"


def test_who_gives_no_roles_withdraws_none(scoped):
    assignment = Assignment.objects.get(account=scoped.operator)
    with pytest.raises(RoleRefused) as refused:
        withdraw_role(assignment=assignment, actor=scoped.auditor, now=now())
    assert refused.value.code == "not-yours"


def test_platform_administrators_make_the_first_director(scoped):
    petra = Account.objects.create_superuser("petra@example.org", None, name="Petra")
    give_role(account=scoped.nobody, role="director", place=scoped.network, actor=petra, now=now())
    assert may(fresh(scoped.nobody), "security.give_role")


def test_reasons_are_kept_in_row_history_and_record(scoped):
    moment = now() - HOUR
    given = {"account": scoped.nobody, "role": "auditor", "place": scoped.network, "actor": scoped.director}
    assignment = give_role(**given, now=moment, reason="Audit of 2026")
    with acting_as(scoped.director):
        withdraw_role(assignment=assignment, actor=scoped.director, now=now(), reason="Audit is over")
    kept = Assignment.objects.get(pk=assignment.pk)
    assert (kept.reason, kept.end_reason, kept.withdrawn_by) == ("Audit of 2026", "Audit is over", scoped.director)
    newest = kept.history.latest()
    assert (newest.history_user, newest.history_change_reason) == (scoped.director, "Audit is over")
    assert WorkRecord.objects.get(verb="role.withdrawn").after["reason"] == "Audit is over"


# --- The last director ------------------------------------------------------------------------------------------------


def test_the_last_director_stays(scoped):
    own = Assignment.objects.get(account=scoped.director)
    with pytest.raises(RoleRefused) as refused:
        withdraw_role(assignment=own, actor=None, now=now())
    assert refused.value.code == "last-director"


def test_a_director_who_is_yet_to_come_or_cannot_sign_in_is_no_other_one(scoped):
    given = {"role": "director", "place": scoped.network, "actor": None, "now": now()}
    give_role(account=scoped.nobody, **given, begins_at=now() + DAY)
    Account.objects.filter(pk=scoped.auditor.pk).update(is_active=False)
    give_role(account=scoped.auditor, **given)
    with pytest.raises(RoleRefused):
        withdraw_role(assignment=Assignment.objects.get(account=scoped.director), actor=None, now=now())


@pytest.mark.django_db(transaction=True)
def test_of_two_directors_who_withdraw_each_other_one_stays(cast):
    with network_scope(cast.network):
        give_role(account=cast.nobody, role="director", place=cast.network, actor=None, now=now() - HOUR)
        jobs = [Assignment.objects.get(account=account).pk for account in (cast.director, cast.nobody)]
    barrier, refused = threading.Barrier(2), []

    def work(pk):
        try:
            with network_scope(Network.objects.get(pk=cast.network.pk)):
                assignment = Assignment.objects.get(pk=pk)
                barrier.wait()
                withdraw_role(assignment=assignment, actor=None, now=now())
        except RoleRefused as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[job]) for job in jobs]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    with network_scope(cast.network):
        left = Assignment.objects.filter(group__role="director", ends_at__isnull=True).count()
    assert (left, refused) == (1, ["last-director"])


@pytest.mark.django_db(transaction=True)
def test_the_same_role_given_many_times_at_once_is_one_assignment(cast):
    barrier = threading.Barrier(6)
    moment = now()

    def work():
        try:
            with network_scope(Network.objects.get(pk=cast.network.pk)):
                barrier.wait()
                give_role(account=fresh(cast.nobody), role="technician", place=cast.second_site, actor=None, now=moment)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    with network_scope(cast.network):
        assert Assignment.objects.filter(account=cast.nobody).count() == 1
    assert RoleGroup.objects.filter(network=cast.network, role="technician").count() == 1


# --- Pages ------------------------------------------------------------------------------------------------------------


class TestPeoplePages(CRUDTests):
    views = AssignmentViews
    list_queries = 9
    canary_field = "reason"

    def make(self, cast, number, site):
        account = Account.objects.filter(email=f"n{number}.{site.network_id}@example.org").first()
        account = account or Account.objects.create_user(
            f"n{number}.{site.network_id}@example.org", None, name=f"Nn {number}"
        )
        moment = now() - HOUR
        return give_role(account=account, role="technician", place=site, actor=None, now=moment, reason=f"Why {number}")


def test_the_list_tells_running_coming_and_ended_apart(cast, signed_in):
    moment = now()
    with network_scope(cast.network):
        given = {"account": cast.nobody, "role": "auditor", "place": cast.network, "actor": None}
        give_role(**given, now=moment - 2 * DAY, until=moment - DAY)
        give_role(**given, now=moment, begins_at=moment + DAY)
    client = signed_in(cast.director)
    counts = {
        standing: len(client.get(f"/n/harbour/people/?standing={standing}").context["rows"])
        for standing in ("running", "coming", "ended")
    }
    assert counts == {"running": 3, "coming": 1, "ended": 1}
    assert len(client.get("/n/harbour/people/?place=Alpha").context["rows"]) == 1
    assert len(client.get("/n/harbour/people/?role=auditor").context["rows"]) == 3


def test_a_role_is_given_for_later_in_the_browser(cast, signed_in):
    form = {"email": "nora@example.org", "role": "technician", "place": "", "begins_at": "2099-01-01T08:00",
            "until": "2099-02-01T08:00", "reason": "Winter"}  # fmt: skip
    assert signed_in(cast.director).post("/n/harbour/people/give/", form).status_code == 302
    with network_scope(cast.network):
        made = Assignment.objects.get(account=cast.nobody)
        assert (made.group.place, made.begins_at.year, made.reason) == (cast.network, 2099, "Winter")


def test_above_a_hundred_sites_the_code_is_typed(cast, signed_in):
    with network_scope(cast.network):
        for number in range(100):
            make_site(f"N-{number:03}")
    client = signed_in(cast.director)
    form = {"email": "nora@example.org", "role": "technician", "place": "N-050"}
    assert "<select" not in str(client.get("/n/harbour/people/give/").context["form"]["place"])
    assert client.post("/n/harbour/people/give/", form).status_code == 302
    assert client.post("/n/harbour/people/give/", form | {"place": "NOWHERE"}).status_code == 422
    with network_scope(cast.network):
        assert Assignment.objects.get(account=cast.nobody).group.place.code == "N-050"
