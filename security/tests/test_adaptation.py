"""A network changes what its roles may do, within limits it cannot exceed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import now
from core.rights import may
from core.tenancy.scope import network_scope
from security.actions import RoleRefused, adapt_role, give_role, sync_role_groups
from security.models import Account, Effect, Network, RoleAdaptation, WorkRecord
from security.queries import role_permissions
from security.role_limits import GUARDED, adapted, ceiling_of, floor_of
from security.roles import MATRIX, Role, is_reading, permissions_of
from stations.models import SitePermission
from tests.cast import make_site

PERMISSIONS = st.frozensets(st.sampled_from([*MATRIX, "platform.delete_everything"]))
HARMLESS = frozenset({"stations.view_site_phone"})


def fresh(account):
    """The account as a new request loads it."""
    return Account.objects.get(pk=account.pk)


def operator_with(*added, without=()):
    """What a station operator holds with and without some rights."""
    return (frozenset(permissions_of("site_operator")) | frozenset(added)) - frozenset(without)


# --- The limits -------------------------------------------------------------------------------------------------------


@given(role=st.sampled_from(Role.values), added=PERMISSIONS, removed=PERMISSIONS)
def test_whatever_a_network_adapts_stays_between_floor_and_ceiling(role, added, removed):
    held = adapted(role, added=added, removed=removed)
    assert floor_of(role) <= held <= ceiling_of(role)
    assert held <= set(MATRIX)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(role=st.sampled_from(Role.values), wanted=PERMISSIONS)
def test_what_is_held_in_the_database_stays_between_floor_and_ceiling(scoped, role, wanted):
    if floor_of(role) <= wanted <= ceiling_of(role):
        adapt_role(role=role, permissions=wanted, actor=None, now=now())
        assert role_permissions([role])[role] == wanted
    else:
        with pytest.raises(RoleRefused) as refused:
            adapt_role(role=role, permissions=wanted, actor=None, now=now())
        assert refused.value.code in ("below-floor", "above-ceiling")
    assert floor_of(role) <= role_permissions([role])[role] <= ceiling_of(role)


def test_rows_that_exceed_the_limits_have_no_effect(scoped):
    RoleAdaptation(role="auditor", permission="security.give_role", effect=Effect.ADDED).save()
    RoleAdaptation(role="director", permission="security.give_role", effect=Effect.REMOVED).save()
    RoleAdaptation(role="auditor", permission="long.gone", effect=Effect.ADDED).save()
    sync_role_groups([scoped.network])
    assert not may(fresh(scoped.auditor), "security.give_role")
    assert may(fresh(scoped.director), "security.give_role")


def test_the_auditor_never_writes_and_only_directors_hold_rights_over_rights():
    assert all(is_reading(permission) for permission in ceiling_of("auditor"))
    assert [role for role in Role if ceiling_of(role) & GUARDED] == [Role.DIRECTOR]
    assert floor_of("director") >= GUARDED


# --- Adapting ---------------------------------------------------------------------------------------------------------


def test_a_right_is_added_at_all_places_of_the_role_at_once(scoped):
    give_role(account=scoped.nobody, role="site_operator", place=scoped.second_site, actor=None, now=now())
    adapt_role(role="site_operator", permissions=operator_with("stations.close_site"), actor=scoped.director, now=now())
    assert may(fresh(scoped.operator), "stations.close_site", scoped.site)
    assert may(fresh(scoped.nobody), "stations.close_site", scoped.second_site)
    give_role(account=scoped.auditor, role="site_operator", place=make_site("C"), actor=None, now=now())
    assert may(fresh(scoped.auditor), "stations.close_site")


def test_a_right_is_taken_away_and_comes_back(scoped):
    changed = operator_with(without=["charging.review_session"])
    adapt_role(role="site_operator", permissions=changed, actor=scoped.director, now=now(), reason="Too many")
    assert not may(fresh(scoped.operator), "charging.review_session")
    assert RoleAdaptation.history.get().history_change_reason == "Too many"
    adapt_role(role="site_operator", permissions=operator_with(), actor=scoped.director, now=now())
    assert may(fresh(scoped.operator), "charging.review_session")
    assert not RoleAdaptation.objects.exists()
    assert [kind for kind in RoleAdaptation.history.values_list("history_type", flat=True)] == ["-", "+"]


def test_adapting_twice_is_as_once(scoped):
    for _ in range(2):
        adapt_role(role="analyst", permissions=permissions_of("analyst") + sorted(HARMLESS), actor=None, now=now())
    assert (RoleAdaptation.objects.count(), WorkRecord.objects.filter(verb="role.adapted").count()) == (1, 1)
    record = WorkRecord.objects.get(verb="role.adapted")
    assert record.after == {"role": "analyst", "permissions": sorted(HARMLESS)}


def test_another_network_notices_nothing(cast):
    with network_scope(cast.other):
        give_role(account=cast.nobody, role="site_operator", place=cast.other_site, actor=None, now=now())
    with network_scope(cast.network):
        adapt_role(role="site_operator", permissions=floor_of("site_operator"), actor=None, now=now())
    with network_scope(cast.other):
        assert may(fresh(cast.nobody), "stations.change_site", cast.other_site)
        assert not RoleAdaptation.objects.exists()


def test_a_migration_of_the_matrix_keeps_adaptations_in_step(scoped, monkeypatch):
    changed = operator_with("stations.close_site", without=["stations.change_site"])
    adapt_role(role="site_operator", permissions=changed, actor=None, now=now())
    monkeypatch.setitem(MATRIX, "stations.change_site", (Role.DIRECTOR,))
    monkeypatch.setitem(MATRIX, "charging.import_session", (Role.DIRECTOR, Role.SITE_OPERATOR))
    sync_role_groups([scoped.network])
    held = {permission for permission in MATRIX if may(fresh(scoped.operator), permission)}
    assert held == (changed | {"charging.import_session"})


@pytest.mark.parametrize("who", ["operator", "auditor", "stranger"])
def test_only_who_holds_the_right_adapts(scoped, who):
    with pytest.raises(RoleRefused) as refused:
        adapt_role(role="analyst", permissions=ceiling_of("analyst"), actor=getattr(scoped, who), now=now())
    assert refused.value.code == "not-yours"


def test_nobody_adds_what_they_do_not_hold_but_the_standard_may_come_back(scoped):
    director = frozenset(permissions_of("director"))
    adapt_role(role="director", permissions=director - {"stations.close_site"}, actor=scoped.director, now=now())
    account = fresh(scoped.director)
    with pytest.raises(RoleRefused) as refused:
        adapt_role(role="site_operator", permissions=operator_with("stations.close_site"), actor=account, now=now())
    assert refused.value.code == "more-than-held"
    adapt_role(role="director", permissions=director, actor=account, now=now())
    assert may(fresh(scoped.director), "stations.close_site")


def test_what_was_changed_meanwhile_is_not_overwritten(scoped):
    seen = operator_with()
    adapt_role(role="site_operator", permissions=operator_with("stations.close_site"), actor=None, now=now())
    with pytest.raises(RoleRefused) as refused:
        adapt_role(
            role="site_operator", permissions=operator_with("stations.delete_charger"), actor=None, now=now(), seen=seen
        )
    assert refused.value.code == "changed"


def test_many_groups_are_brought_in_step_by_the_same_queries(scoped, django_assert_num_queries):
    for number in range(30):
        give_role(account=scoped.nobody, role="technician", place=make_site(f"T{number}"), actor=None, now=now())
    SitePermission.objects.all().delete()
    with django_assert_num_queries(7):  # adaptations, savepoints, two statements for each kind of place
        sync_role_groups([scoped.network])
    assert SitePermission.objects.filter(group__rolegroup__role="technician").count() == 30 * len(
        permissions_of("technician")
    )


# --- Pages ------------------------------------------------------------------------------------------------------------

EDIT = "/n/harbour/roles/site_operator/edit/"


def posted(client, *added, without=()):
    """Send the form as a browser would, with some boxes ticked and others not."""
    form = client.get(EDIT).context["form"]
    data = {"seen": form["seen"].value(), "reason": "We are small"}
    for area in form.areas:
        chosen = [code for code, _text in form.fields[area].choices]
        data[area] = [c for c in chosen if (c in (form[area].value() or ()) or c in added) and c not in without]
    return client.post(EDIT, data)


def test_a_director_adapts_a_role_and_sees_the_difference(cast, signed_in):
    client = signed_in(cast.director)
    assert posted(client, "stations.close_site", without=["charging.review_session"]).status_code == 302
    page = client.get("/n/harbour/roles/site_operator/").content.decode()
    assert "may, added by this network" in page
    assert "may not, taken away by this network" in page
    matrix = client.get("/n/harbour/roles/").content.decode()
    assert ('data-stand="added"' in matrix, 'data-stand="removed"' in matrix) == (True, True)
    with network_scope(cast.network):
        assert role_permissions(["site_operator"])["site_operator"] == operator_with(
            "stations.close_site", without=["charging.review_session"]
        )


def test_boxes_beyond_the_limits_are_not_there_and_not_taken(cast, signed_in):
    client = signed_in(cast.director)
    form = client.get(EDIT).context["form"]
    offered = {code for area in form.areas for code, _text in form.fields[area].choices}
    assert offered == ceiling_of("site_operator") - floor_of("site_operator")
    data = {"seen": form["seen"].value(), "reason": "x", "security": ["security.give_role"]}
    assert client.post(EDIT, data).status_code in (302, 422)
    with network_scope(cast.network):
        assert "security.give_role" not in role_permissions(["site_operator"])["site_operator"]


def test_a_stale_form_is_refused(cast, signed_in):
    client = signed_in(cast.director)
    form = client.get(EDIT).context["form"]
    stale = {area: form[area].value() for area in form.areas} | {"seen": form["seen"].value(), "reason": "x"}
    posted(client, "stations.close_site")
    stale["stations"] = ["stations.view_site"]
    answer = client.post(EDIT, stale)
    assert (answer.status_code, "meanwhile" in answer.content.decode()) == (422, True)


def test_everybody_in_the_network_reads_what_roles_may_do(cast, signed_in):
    for who, status in (("operator", 200), ("auditor", 200), ("stranger", 404)):
        assert signed_in(getattr(cast, who)).get("/n/harbour/roles/").status_code == status
    assert signed_in(cast.operator).get(EDIT).status_code == 403
    assert signed_in(cast.director).get("/n/harbour/roles/king/").status_code == 404


def test_the_matrix_takes_the_same_queries_however_many_are_adapted(cast, signed_in, django_assert_max_num_queries):
    client = signed_in(cast.director)
    with network_scope(cast.network):
        adapt_role(role="analyst", permissions=ceiling_of("analyst"), actor=None, now=now())
    client.get("/n/harbour/roles/")  # the first page of a session renews its key
    with django_assert_max_num_queries(12):
        client.get("/n/harbour/roles/")


def test_networks_of_a_migration_are_synchronised_each_in_its_own_scope(cast):
    sync_role_groups(Network.objects.all())
    with network_scope(cast.other):
        assert may(fresh(cast.stranger), "security.give_role")
