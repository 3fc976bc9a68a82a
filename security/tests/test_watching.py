"""Watch rules: what raises an alert, once, and how it is answered."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from core import context
from core.clock import now
from core.records import record
from core.tenancy.scope import network_scope
from security.actions import give_role, withdraw_role
from security.models import Alert, Assignment, WatchPosition, WatchRule, WorkRecord
from security.recording.sealing import seal_records
from security.supervision.actions import AlertRefused, close_alert, escalate_alert, explain_alert
from security.supervision.queries import alerts_for
from security.supervision.watching import DEFAULTS, ensure_rules, watch_records


def set_rule(kind, **values):
    rule = WatchRule.objects.get(kind=kind)
    for name, value in values.items():
        setattr(rule, name, value)
    rule.save()
    return rule


def look():
    seal_records(now=now())
    return watch_records(now=now())


def alerts(kind=None):
    found = Alert.objects.order_by("pk")
    return [(alert.rule.kind, alert.count, alert.about) for alert in found if kind in (None, alert.rule.kind)]


def refuse(account, times):
    for _ in range(times):
        record("access.refused", actor=account, result="refused")


def sign_in(account, *, address="192.0.2.1", device="Firefox, Linux"):
    token = context.address.set(address)
    record("account.signed-in", target=account, actor=account, after={"device": device})
    context.address.reset(token)


def test_every_network_has_its_rules(cast):
    for network in (cast.network, cast.other):
        with network_scope(network):
            ensure_rules()
            assert sorted(WatchRule.objects.values_list("kind", flat=True)) == sorted(DEFAULTS)


def test_many_refusals_of_one_person_raise_one_alert(scoped):
    set_rule("refusals", threshold=3)
    refuse(scoped.operator, 2)
    refuse(scoped.auditor, 2)
    assert (look(), alerts()) == (0, [])
    refuse(scoped.operator, 1)
    assert (look(), alerts()) == (1, [("refusals", 3, scoped.operator)])


def test_more_of_the_same_grows_the_alert_and_raises_none(scoped):
    set_rule("refusals", threshold=3)
    for _ in range(4):
        refuse(scoped.operator, 3)
        look()
    assert alerts() == [("refusals", 12, scoped.operator)]


def test_looking_twice_raises_nothing_twice(scoped):
    set_rule("refusals", threshold=3)
    refuse(scoped.operator, 3)
    assert (look(), look(), len(alerts())) == (1, 0, 1)


def test_a_rule_that_is_off_raises_nothing(scoped):
    set_rule("refusals", threshold=1, is_on=False)
    refuse(scoped.operator, 3)
    assert look() == 0


def test_what_lies_further_apart_than_the_window_is_not_counted(scoped, monkeypatch):
    set_rule("refusals", threshold=2, window_minutes=10)
    import security.recording.store as store

    refuse(scoped.operator, 1)
    monkeypatch.setattr(store, "now", lambda: now() + timedelta(minutes=11))
    refuse(scoped.operator, 1)
    assert look() == 0
    refuse(scoped.operator, 1)
    assert look() == 1


def test_exported_rows_are_summed(scoped):
    set_rule("exports", threshold=1000)
    record("list.exported", actor=scoped.auditor, after={"rows": 600})
    assert look() == 0
    record("site-list.printed", actor=scoped.auditor, after={"rows": 400})
    assert (look(), alerts()) == (1, [("exports", 1000, scoped.auditor)])


def test_rights_changed_by_somebody_about_himself(scoped):
    give_role(account=scoped.operator, role="auditor", place=scoped.network, actor=scoped.director, now=now())
    assert look() == 0
    # The product refuses it; the watch is for whoever finds a way around.
    record("role.given", target=scoped.director, actor=scoped.director, summary="auditor")
    assert (look(), alerts()) == (1, [("own_rights", 1, scoped.director)])


def test_the_same_correction_again_and_again(scoped):
    set_rule("same_correction", threshold=3)
    for number in range(3):
        values = {"before": {"state": number}, "after": {"state": number + 1}}
        record("site.status-changed", target=scoped.site, actor=scoped.director, **values)
        other = {"before": {"x": 1}, "after": {f"f{number}": 1}}
        record("site.status-changed", target=scoped.second_site, actor=scoped.director, **other)
    assert (look(), [alert[:2] for alert in alerts()]) == (1, [("same_correction", 3)])
    assert Alert.objects.get().text == "A Alpha Quay was corrected in the same way 3 times."


def test_a_burst_of_deletions(scoped):
    set_rule("deletions", threshold=3)
    for _ in range(3):
        record("charger.deleted", actor=scoped.director, before={"code": "x"})
    assert (look(), alerts()) == (1, [("deletions", 3, scoped.director)])


def test_a_sign_in_from_a_new_device_or_part_of_the_internet(scoped):
    sign_in(scoped.auditor)
    sign_in(scoped.auditor, address="192.0.2.200")
    assert look() == 0, "the first sign-in is no news, and neither is a neighbour address"
    sign_in(scoped.auditor, device="Chrome, Windows")
    assert (look(), alerts("new_device")) == (1, [("new_device", 1, scoped.auditor)])
    sign_in(scoped.auditor, address="198.51.100.4", device="Chrome, Windows")
    assert (look(), alerts("new_address")) == (1, [("new_address", 1, scoped.auditor)])
    sign_in(scoped.auditor, address="198.51.100.9", device="Chrome, Windows")
    assert look() == 0


def test_the_owner_holds_the_rules_role_and_is_not_the_one_it_is_about(scoped):
    set_rule("refusals", threshold=1, owner_role="auditor")
    refuse(scoped.operator, 1)
    look()
    assert Alert.objects.get().owner == scoped.auditor
    set_rule("deletions", threshold=1)
    give_role(account=scoped.nobody, role="director", place=scoped.network, actor=None, now=now())
    record("charger.deleted", actor=scoped.director)
    look()
    assert Alert.objects.get(rule__kind="deletions").owner == scoped.nobody


def test_without_anybody_in_the_role_a_director_answers(scoped):
    (held,) = Assignment.objects.filter(account=scoped.auditor)
    withdraw_role(assignment=held, actor=None, now=now())
    set_rule("refusals", threshold=1, owner_role="auditor")
    refuse(scoped.operator, 1)
    look()
    assert Alert.objects.get().owner == scoped.director


def test_an_alert_is_numbered_and_recorded(scoped):
    set_rule("refusals", threshold=1)
    refuse(scoped.operator, 1)
    refuse(scoped.auditor, 1)
    look()
    year = now().year
    assert list(Alert.objects.order_by("pk").values_list("number", flat=True)) == [
        f"ALR-{year}-000001",
        f"ALR-{year}-000002",
    ]
    assert WorkRecord.objects.filter(verb="alert.raised").count() == 2


@pytest.fixture
def alert(scoped):
    set_rule("refusals", threshold=1)
    refuse(scoped.operator, 1)
    look()
    return Alert.objects.get()


def test_an_alert_is_explained_and_closed(scoped, alert):
    values = {"actor": scoped.director, "now": now()}
    for _ in range(2):
        explain_alert(alert=alert, text="He was learning.", **values)
    close_alert(alert=alert, text="Trained.", **values)
    alert.refresh_from_db()
    assert (alert.state, alert.answer, alert.answered_by) == ("closed", "He was learning.\nTrained.", scoped.director)
    verbs = WorkRecord.objects.filter(verb__startswith="alert.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["alert.raised", "alert.explained", "alert.closed"]


def test_an_escalated_alert_gets_another_director(scoped, alert):
    give_role(account=scoped.nobody, role="director", place=scoped.network, actor=None, now=now())
    escalate_alert(alert=alert, text="Look at this.", actor=scoped.director, now=now())
    alert.refresh_from_db()
    assert (alert.state, alert.owner) == ("escalated", scoped.nobody)
    explain_alert(alert=alert, text="Seen.", actor=scoped.nobody, now=now())


def test_what_cannot_be_answered_like_this(scoped, alert):
    values = {"actor": scoped.director, "now": now()}
    with pytest.raises(AlertRefused, match="Write what happened"):
        explain_alert(alert=alert, text="  ", **values)
    with pytest.raises(AlertRefused, match="Open"):
        close_alert(alert=alert, text="done", **values)
    with pytest.raises(AlertRefused, match="about you"):
        explain_alert(alert=alert, text="it was nothing", actor=scoped.operator, now=now())
    explain_alert(alert=alert, text="fine", **values)
    with pytest.raises(AlertRefused, match="Explained"):
        escalate_alert(alert=alert, text="no", **values)


def test_an_answered_alert_stands_for_its_window_and_no_longer(scoped, alert, monkeypatch):
    import security.recording.store as store

    explain_alert(alert=alert, text="fine", actor=scoped.director, now=now())
    refuse(scoped.operator, 1)
    assert look() == 0
    monkeypatch.setattr(store, "now", lambda: now() + timedelta(minutes=15))
    refuse(scoped.operator, 1)
    assert look() == 1


def test_waiting_alerts_are_those_of_the_owner_and_the_overdue_ones(scoped, alert):
    moment = now()
    assert list(alerts_for(scoped.director, moment)) == [alert]
    assert list(alerts_for(scoped.auditor, moment)) == []
    assert list(alerts_for(scoped.auditor, moment + timedelta(hours=25))) == [alert]
    assert list(alerts_for(scoped.operator, moment + timedelta(hours=25))) == []


def test_an_overdue_alert_stands_on_the_dashboard(scoped, alert, signed_in):
    alert.due_at = now() - timedelta(hours=1)
    alert.save()
    shown = signed_in(scoped.auditor).get("/n/harbour/").content.decode()
    assert f"Overdue alert {alert.number}" in shown


def test_networks_never_mix(cast):
    for network in (cast.network, cast.other):
        with network_scope(network):
            set_rule("refusals", threshold=3)
    with network_scope(cast.network):
        refuse(cast.operator, 2)
    with network_scope(cast.other):
        refuse(cast.operator, 2)
        assert look() == 0
    with network_scope(cast.network):
        assert (look(), Alert.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_looking_at_once_raises_one_alert(cast):
    with network_scope(cast.network):
        set_rule("refusals", threshold=3)
        refuse(cast.operator, 3)
        seal_records(now=now())

    def work():
        try:
            with network_scope(cast.network):
                watch_records(now=now())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with network_scope(cast.network):
        assert (Alert.objects.count(), WatchPosition.objects.count()) == (1, 1)
