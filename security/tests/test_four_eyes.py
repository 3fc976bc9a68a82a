"""Deeds that need a second person: asked once, decided by somebody else, done once."""

import datetime
import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from core.clock import now
from core.errors import Refusal
from core.rights import may
from core.tenancy.scope import network_scope
from core.testing import CRUDTests
from security.actions import adapt_role, give_role, withdraw_role
from security.four_eyes import Deed, Done, Rule, all_deeds, approve, ask, change_rule, do_or_ask, expire_due
from security.four_eyes import refuse as refuse_it
from security.four_eyes import withdraw as take_back
from security.four_eyes.actions import ApprovalRefused
from security.four_eyes.deeds import ADAPT_ROLE, LOOSEN_RULE, WITHDRAW_DIRECTOR
from security.four_eyes.registry import register_deed, unregister_deed
from security.four_eyes.rules import rule_of
from security.four_eyes.views import ApprovalViews
from security.models import Account, Approval, ApprovalState, Assignment, DeedRule, Network, WorkRecord
from security.roles import MATRIX
from stations.models import District
from tests.cast import give_second_factor, make_account

TRIAL = "trial.name-district"
DAY = datetime.timedelta(days=1)


class NameRefused(Refusal):
    """A name is not wanted."""


def name_district(*, code, name, actor, now, reason):
    """A deed that can be counted: makes a district."""
    if name == "refused":
        raise NameRefused("This name is not wanted any more.")
    District(code=code, name=f"{name} by {actor}").save()


@pytest.fixture
def trial():
    """A deed with an amount; networks may raise the limit up to 500 EUR."""
    deed = Deed(
        code=TRIAL, text="Name a district", ask="stations.add_district", approve="security.decide_approval",
        run=name_district, unit="EUR", threshold=Decimal(100), highest_threshold=Decimal(500),
    )  # fmt: skip
    register_deed(deed)
    yield deed
    unregister_deed(TRIAL)


@pytest.fixture
def second(cast):
    """Nora, the second director."""
    with network_scope(cast.network):
        give_role(account=cast.nobody, role="director", place=cast.network, actor=None, now=now())
    give_second_factor(cast.nobody)
    return Account.objects.get(pk=cast.nobody.pk)


def asked(deed, actor, code="D1", name="North", **more):
    """A waiting question."""
    return ask(deed, params={"code": code, "name": name}, summary=f"Name {code}", actor=actor, now=now(), **more)


def names():
    """The districts there are."""
    return list(District.objects.values_list("name", flat=True))


# --- Asking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("amount", "waits"), [(Decimal(99), False), (Decimal(100), True), (None, True)])
def test_from_the_threshold_on_a_second_person_is_wanted(scoped, trial, amount, waits):
    outcome = do_or_ask(
        TRIAL, params={"code": "D1", "name": "North"}, summary="x", actor=scoped.director, now=now(), amount=amount
    )
    assert isinstance(outcome, Approval if waits else Done)
    assert names() == ([] if waits else ["North by Rosa"])


def test_asking_again_is_as_once(scoped, trial):
    first, again = asked(trial, scoped.director), asked(trial, scoped.director)
    assert (first.pk, Approval.objects.count()) == (again.pk, 1)
    assert first.number.startswith("APR-")


def test_who_may_not_do_it_cannot_ask(scoped, trial):
    with pytest.raises(ApprovalRefused) as refused:
        asked(trial, scoped.auditor)
    assert refused.value.code == "not-yours"


def test_a_deed_nobody_registered_is_an_error_of_the_program(scoped):
    with pytest.raises(LookupError):
        do_or_ask("no.such", params={}, summary="", actor=scoped.director, now=now())


# --- Deciding ---------------------------------------------------------------------------------------------------------


def test_a_second_person_approves_and_it_is_done_in_the_name_of_who_asked(scoped, trial, second):
    approval = asked(trial, scoped.director, reason="Growth")
    decided = approve(approval=approval, actor=second, now=now(), reason="Fine")
    assert names() == ["North by Rosa"]
    assert (decided.state, decided.decided_by, decided.decision_reason) == ("approved", second, "Fine")
    verbs = list(WorkRecord.objects.filter(verb__startswith="approval.").order_by("id").values_list("verb", "account"))
    assert verbs == [("approval.asked", scoped.director.pk), ("approval.approved", second.pk)]
    assert approval.history.count() == 2


def test_approving_twice_does_it_once(scoped, trial, second):
    approval = asked(trial, scoped.director)
    for _ in range(2):
        approve(approval=approval, actor=second, now=now())
    assert names() == ["North by Rosa"]


def test_nobody_approves_what_they_asked_for(scoped, trial):
    approval = asked(trial, scoped.director)
    for decide in (approve, refuse_it):
        with pytest.raises(ApprovalRefused) as refused:
            decide(approval=approval, actor=scoped.director, now=now())
        assert refused.value.code == "own"
    assert names() == []


def test_the_database_itself_wants_a_second_person(scoped, trial):
    approval = asked(trial, scoped.director)
    approval.state, approval.decided_by, approval.decided_at = "approved", scoped.director, now()
    with pytest.raises(IntegrityError), transaction.atomic():
        approval.save()
    approval.decided_by = None
    with pytest.raises(IntegrityError), transaction.atomic():
        approval.save()


@pytest.mark.parametrize("who", ["auditor", "operator", "stranger"])
def test_who_may_not_decide_does_not(scoped, trial, who):
    approval = asked(trial, scoped.director)
    with pytest.raises(ApprovalRefused) as refused:
        approve(approval=approval, actor=getattr(scoped, who), now=now())
    assert refused.value.code == "not-yours"


def test_a_refused_question_does_nothing_and_stays_refused(scoped, trial, second):
    approval = asked(trial, scoped.director)
    refuse_it(approval=approval, actor=second, now=now(), reason="No")
    with pytest.raises(ApprovalRefused) as refused:
        approve(approval=approval, actor=second, now=now())
    assert (refused.value.code, names()) == ("decided", [])
    assert asked(trial, scoped.director).pk != approval.pk


def test_only_who_asked_takes_it_back(scoped, trial, second):
    approval = asked(trial, scoped.director)
    with pytest.raises(ApprovalRefused):
        take_back(approval=approval, actor=second, now=now())
    for _ in range(2):
        assert take_back(approval=approval, actor=scoped.director, now=now()).state == ApprovalState.WITHDRAWN
    with pytest.raises(ApprovalRefused):
        approve(approval=approval, actor=second, now=now())


def test_what_waited_too_long_cannot_be_approved(scoped, trial, second):
    approval = asked(trial, scoped.director)
    late = approval.expires_at
    with pytest.raises(ApprovalRefused) as refused:
        approve(approval=approval, actor=second, now=late)
    assert refused.value.code == "expired"
    assert (expire_due(now=late - DAY), expire_due(now=late), expire_due(now=late)) == (0, 1, 0)
    assert Approval.objects.get().state == ApprovalState.EXPIRED


def test_an_expired_question_can_be_asked_again(scoped, trial):
    old = asked(trial, scoped.director)
    new = ask(
        trial, params={"code": "D1", "name": "North"}, summary="x", actor=scoped.director, now=old.expires_at + DAY
    )
    assert (old.pk != new.pk, Approval.objects.get(pk=old.pk).state) == (True, ApprovalState.EXPIRED)


def test_the_deed_is_checked_again_when_it_is_approved(scoped, trial, second):
    approval = asked(trial, scoped.director, name="refused")
    with pytest.raises(NameRefused):
        approve(approval=approval, actor=second, now=now())
    assert Approval.objects.get(pk=approval.pk).state == ApprovalState.ASKED


def test_who_asked_must_still_hold_the_right(scoped, trial, second):
    approval = asked(trial, scoped.director)
    withdraw_role(assignment=Assignment.objects.get(account=scoped.director), actor=second, now=now())
    with pytest.raises(ApprovalRefused) as refused:
        approve(approval=approval, actor=second, now=now())
    assert (refused.value.code, names()) == ("asker-lost-right", [])


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_do_it_once(cast, trial, second):
    with network_scope(cast.network):
        third = make_account("Tom")
        give_role(account=third, role="director", place=cast.network, actor=None, now=now())
        number = asked(trial, cast.director).pk
    barrier, outcomes = threading.Barrier(4), []

    def work(account):
        try:
            with network_scope(Network.objects.get(pk=cast.network.pk)):
                approval = Approval.objects.get(pk=number)
                barrier.wait()
                approve(approval=approval, actor=Account.objects.get(pk=account.pk), now=now())
                outcomes.append("done")
        except ApprovalRefused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[account]) for account in (second, third, second, third)]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    with network_scope(cast.network):
        assert names() == ["North by Rosa"]
        assert WorkRecord.objects.filter(verb="approval.approved").count() == 1
    assert sorted(outcomes) == ["decided", "decided", "done", "done"]


def test_the_other_network_sees_and_decides_nothing(cast, trial):
    with network_scope(cast.network):
        asked(trial, cast.director)
    with network_scope(cast.other):
        assert not Approval.objects.exists()
        assert rule_of(trial) == Rule(True, Decimal(100))


# --- Rules ------------------------------------------------------------------------------------------------------------


def test_a_network_chooses_within_the_limits_of_the_deed(scoped, trial):
    change_rule(deed=TRIAL, is_on=True, threshold=Decimal(500), actor=scoped.director, now=now())
    assert rule_of(trial) == Rule(True, Decimal(500))
    with pytest.raises(ApprovalRefused):
        change_rule(deed=TRIAL, is_on=True, threshold=Decimal(501), actor=scoped.director, now=now())
    with pytest.raises(ApprovalRefused):
        change_rule(deed=LOOSEN_RULE, is_on=False, threshold=None, actor=scoped.director, now=now())
    assert WorkRecord.objects.filter(verb="deed-rule.changed").count() == 1


def test_a_rule_beyond_later_limits_is_cut_to_them(scoped, trial):
    DeedRule(deed=TRIAL, is_on=True, threshold=Decimal(9000)).save()
    DeedRule(deed=LOOSEN_RULE, is_on=False).save()
    assert rule_of(trial).threshold == Decimal(500)
    assert all(rule_of(deed).is_on for deed in all_deeds() if deed.code == LOOSEN_RULE)


@pytest.mark.parametrize(
    ("new", "old", "looser"),
    [
        (Rule(False), Rule(True), True),
        (Rule(True), Rule(False), False),
        (Rule(True, Decimal(5)), Rule(True), True),
        (Rule(True, Decimal(5)), Rule(True, Decimal(4)), True),
        (Rule(True, Decimal(4)), Rule(True, Decimal(5)), False),
        (Rule(True), Rule(True, Decimal(5)), False),
    ],
)
def test_what_loosens_a_rule(new, old, looser):
    assert new.is_looser_than(old) == looser


def test_every_deed_asks_for_rights_that_exist():
    assert {right for deed in all_deeds() for right in (deed.ask, deed.approve)} <= set(MATRIX)


# --- The deeds of this app, in the browser ----------------------------------------------------------------------------


def switch_on(cast, code):
    """Want a second person for a deed."""
    with network_scope(cast.network):
        change_rule(deed=code, is_on=True, threshold=None, actor=None, now=now())


def test_a_director_is_withdrawn_by_two(cast, signed_in, second):
    switch_on(cast, WITHDRAW_DIRECTOR)
    with network_scope(cast.network):
        third = make_account("Tom")
        number = give_role(account=third, role="director", place=cast.network, actor=None, now=now()).pk
    url = f"/n/harbour/people/{number}/withdraw/"
    asked_page = signed_in(cast.director).post(url, {"reason": "Left the city"})
    assert asked_page.status_code == 302
    assert "/approvals/APR-" in asked_page.url
    with network_scope(cast.network):
        assert may(Account.objects.get(pk=third.pk), "security.give_role")
    assert signed_in(cast.director).post(f"{asked_page.url}approve/").status_code == 422
    assert signed_in(cast.auditor).post(f"{asked_page.url}approve/").status_code == 403
    assert signed_in(cast.stranger).post(f"{asked_page.url}approve/").status_code == 404
    assert signed_in(second).post(f"{asked_page.url}approve/", {"reason": "Yes"}).status_code == 302
    with network_scope(cast.network):
        assert not may(Account.objects.get(pk=third.pk), "security.give_role")
        assert Assignment.objects.get(account=third).end_reason == "Left the city"


def test_a_role_is_adapted_by_two(cast, signed_in, second):
    switch_on(cast, ADAPT_ROLE)
    client = signed_in(cast.director)
    form = client.get("/n/harbour/roles/analyst/edit/").context["form"]
    data = {area: list(form[area].value() or ()) for area in form.areas} | {"seen": form["seen"].value(), "reason": "x"}
    data["stations"] = [*data["stations"], "stations.view_site_phone"]
    page = client.post("/n/harbour/roles/analyst/edit/", data)
    shown = client.get(page.url).content.decode()
    assert ("See phone numbers of sites" in shown, f"{page.url}withdraw/" in shown) == (True, True)
    assert f"{page.url}approve/" not in shown
    assert f"{page.url}approve/" in signed_in(second).get(page.url).content.decode()
    with network_scope(cast.network):
        adapt_role(role="analyst", permissions=["network.view_dashboard", "security.view_role"], actor=None, now=now())
    stale = signed_in(second).post(f"{page.url}approve/")
    assert (stale.status_code, "meanwhile" in stale.content.decode()) == (422, True)


def test_what_waits_for_me_stands_on_the_dashboard(cast, signed_in, trial, second):
    with network_scope(cast.network):
        asked(trial, cast.director)
    for account, shown in ((second, True), (cast.director, False), (cast.auditor, False)):
        assert ("1 approval waits for you" in signed_in(account).get("/n/harbour/").content.decode()) == shown


def test_a_rule_is_tightened_by_one_and_loosened_by_two(cast, signed_in, second):
    client, url = signed_in(cast.director), f"/n/harbour/approvals/rules/{ADAPT_ROLE}/"
    assert client.post(url, {"is_on": "on", "reason": "Safer"}).url == "/n/harbour/approvals/rules/"
    loosened = client.post(url, {"reason": "Too slow"})
    assert "/approvals/APR-" in loosened.url
    with network_scope(cast.network):
        assert DeedRule.objects.get(deed=ADAPT_ROLE).is_on
    signed_in(second).post(f"{loosened.url}approve/")
    with network_scope(cast.network):
        assert not DeedRule.objects.get(deed=ADAPT_ROLE).is_on
    assert signed_in(cast.auditor).get(url).status_code == 403
    assert signed_in(cast.auditor).get("/n/harbour/approvals/rules/").status_code == 200
    assert client.get("/n/harbour/approvals/rules/no.such/").status_code == 404


class TestApprovalPages(CRUDTests):
    views = ApprovalViews
    list_queries = 9
    canary_field = "summary"

    def make(self, cast, number, site):
        moment = now()
        asker = cast.director if site.network_id == cast.network.pk else cast.stranger
        approval = Approval(
            number=f"APR-2026-{number:06}", deed=ADAPT_ROLE, summary=f"Question {number}", asked_by=asker,
            asked_at=moment, expires_at=moment + DAY, fingerprint=str(number), before={"x": 1}, after={"x": 2},
        )  # fmt: skip
        approval.save()
        return approval
