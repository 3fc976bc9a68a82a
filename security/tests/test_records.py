"""Where deeds outside of any network are recorded."""

import pytest

from core.clock import now
from core.records import record_everywhere
from core.tenancy.scope import ScopeError, network_scope
from security.actions import give_role
from security.models import WorkRecord


def records_in(network):
    with network_scope(network):
        return list(WorkRecord.objects.filter(verb="account.signed-in").values_list("account_name", "summary"))


def test_a_deed_outside_is_recorded_in_each_network_of_the_account(cast):
    with network_scope(cast.other):
        give_role(account=cast.director, role="auditor", place=cast.other, actor=None, now=now())
    record_everywhere("account.signed-in", account=cast.director, summary="from the desk")
    assert [records_in(network) for network in (cast.network, cast.other)] == [
        [(f"#{cast.director.pk}", "from the desk")]
    ] * 2


def test_a_network_without_a_role_of_the_account_hears_nothing(cast):
    record_everywhere("account.signed-in", account=cast.stranger)
    assert (records_in(cast.network), records_in(cast.other)) == ([], [(f"#{cast.stranger.pk}", "")])


def test_inside_of_a_network_there_is_nothing_outside(scoped):
    with pytest.raises(ScopeError):
        record_everywhere("account.signed-in", account=scoped.director)
