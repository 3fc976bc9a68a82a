"""Rights at places, and the matrix behind them."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from guardian.models import GroupObjectPermission, UserObjectPermission
from guardian.shortcuts import get_objects_for_user

from core.clock import now
from core.rights import may, may_everywhere
from core.tenancy.scope import network_scope
from security.actions import RoleRefused, end_assignments, give_role, sync_role_groups
from security.models import Account, Network, NetworkPermission
from security.places import place_kinds
from security.roles import FACTS, MATRIX, NETWORK, Role, permissions_of
from stations.models import Charger, Site, SitePermission
from tests.cast import make_site


def fresh(account):
    """The account as a new request loads it."""
    return Account.objects.get(pk=account.pk)


def test_a_role_at_the_network_covers_all_of_it(scoped):
    assert may_everywhere(scoped.director, "stations.change_site")
    assert may(scoped.director, "stations.change_site", scoped.second_site)
    assert may(scoped.director, "stations.change_site", scoped.network)


def test_a_role_at_a_site_covers_that_site_only(scoped):
    assert may(scoped.operator, "stations.change_site", scoped.site)
    assert not may(scoped.operator, "stations.change_site", scoped.second_site)
    assert not may(scoped.operator, "stations.change_site", scoped.network)
    assert not may_everywhere(scoped.operator, "stations.change_site")
    assert may(scoped.operator, "stations.change_site")


def test_nobody_holds_anything_outside_of_a_scope(cast):
    assert not may(cast.director, "stations.view_site")


def test_a_place_of_another_network_is_never_mine(cast):
    with network_scope(cast.network):
        assert not may(cast.director, "stations.view_site", cast.other_site)
        assert not may(cast.director, "stations.view_site", cast.other)


def test_has_perm_is_false_for_another_networks_place_even_when_granted_there(cast):
    with network_scope(cast.other):
        give_role(account=cast.director, role="director", place=cast.other, actor=None, now=now())
    with network_scope(cast.network):
        assert not fresh(cast.director).has_perm("stations.view_site", cast.other_site)
        assert fresh(cast.director).has_perm("stations.view_site", cast.site)


def test_a_model_level_permission_opens_nothing(cast):
    permission = Permission.objects.filter(codename="stations.view_site").first()
    cast.nobody.user_permissions.add(permission)
    with network_scope(cast.network):
        account = fresh(cast.nobody)
        assert not may(account, "stations.view_site")
        assert not Site.objects.visible_to(account, "stations.view_site").exists()


def test_guardians_own_question_agrees_inside_the_scope(scoped):
    found = get_objects_for_user(
        scoped.operator, "stations.stations.view_site", Site.objects.all(), accept_global_perms=False
    )
    assert list(found) == [scoped.site]


def test_rows_hang_on_their_sites(scoped):
    for site in (scoped.site, scoped.second_site):
        Charger(site=site, code=f"C-{site.code}").save()
    seen = Charger.objects.visible_to(scoped.operator, "stations.view_charger")
    assert [charger.code for charger in seen] == ["C-A"]


def test_an_unknown_permission_is_held_by_nobody(scoped):
    assert not may(scoped.director, "stations.invented")


def test_rights_cost_one_query_and_then_none(scoped, django_assert_num_queries):
    account = fresh(scoped.director)
    with django_assert_num_queries(1):
        may(account, "stations.view_site")
    with django_assert_num_queries(0):
        may(account, "stations.change_site")


def place_for(role, cast):
    """A place at which a role can be held."""
    sort = FACTS[Role(role)].places[0]
    return cast.network if sort == NETWORK else make_site(f"{sort}-1", kind=sort)


@pytest.mark.parametrize("role", Role.values)
def test_each_role_holds_exactly_what_the_matrix_says(scoped, role):
    give_role(account=scoped.nobody, role=role, place=place_for(role, scoped), actor=None, now=now())
    account = fresh(scoped.nobody)
    assert sorted(p for p in MATRIX if may(account, p)) == permissions_of(role)


def test_an_auditor_changes_nothing():
    verbs = {permission.split(".")[1].split("_")[0] for permission in permissions_of("auditor")}
    assert verbs == {"view"}


def test_a_role_that_does_not_exist_is_refused(scoped):
    with pytest.raises(RoleRefused):
        give_role(account=scoped.nobody, role="king", place=scoped.network, actor=None, now=now())


def test_an_end_in_the_past_is_refused(scoped):
    before = now() - datetime.timedelta(seconds=1)
    with pytest.raises(RoleRefused):
        give_role(account=scoped.nobody, role="auditor", place=scoped.network, actor=None, now=now(), until=before)


def test_ended_assignments_leave_their_group(scoped):
    soon = now() + datetime.timedelta(hours=1)
    give_role(account=scoped.nobody, role="auditor", place=scoped.network, actor=None, now=now(), until=soon)
    assert end_assignments(now=now()) == 0
    assert end_assignments(now=soon) == 1
    assert scoped.nobody.groups.count() == 0
    assert end_assignments(now=soon) == 0


def test_synchronising_brings_groups_back_to_the_matrix(cast):
    with network_scope(cast.network):
        SitePermission.objects.filter(permission__codename="stations.view_site").delete()
        extra = Permission.objects.get(codename="stations.close_site", content_type__model="site")
        row = SitePermission.objects.first()
        SitePermission(group=row.group, permission=extra, content_object=cast.site).save()
        assert not may(fresh(cast.operator), "stations.view_site")
    sync_role_groups(Network.objects.all())
    with network_scope(cast.network):
        held = [p for p in MATRIX if may(fresh(cast.operator), p)]
    assert sorted(held) == permissions_of("site_operator")


def test_permissions_are_made_for_places_only_and_guardians_generic_tables_stay_empty(cast):
    assert {kind.model for kind in place_kinds()} == {Network, Site}
    assert not UserObjectPermission.objects.exists()
    assert not GroupObjectPermission.objects.exists()


def test_permissions_of_one_network_are_hidden_from_another(cast):
    with network_scope(cast.other):
        groups = set(NetworkPermission.objects.values_list("group__rolegroup__network__slug", flat=True))
    assert groups == {"hill"}
