"""The first wall: what the ORM can and cannot do without, and inside, a network's scope."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Exists, OuterRef

from core.history import bulk_create_with_history, bulk_update_with_history, update_with_history
from core.tenancy.managers import UntrackedWriteError
from core.tenancy.scope import ScopeError, current_network, network_scope
from stations.models import Charger, District, Site

READS = {
    "all": lambda: list(Site.objects.all()),
    "base manager": lambda: list(Site._base_manager.all()),
    "exists": lambda: Site.objects.exists(),
    "count": lambda: Site.objects.count(),
    "aggregate": lambda: Site.objects.aggregate(n=Count("pk")),
    "get": lambda: Site.objects.get(code="A"),
    "first": lambda: Site.objects.first(),
    "values": lambda: list(Site.objects.values_list("code")),
    "iterator": lambda: list(Site.objects.iterator()),
    "in_bulk": lambda: Site.objects.in_bulk(),
    "union": lambda: list(Site.objects.all().union(Site.objects.all())),
    "raw": lambda: list(Site.objects.raw("SELECT * FROM stations_site")),
    "subquery": lambda: list(District.objects.filter(Exists(Site.objects.filter(district=OuterRef("pk"))))),
    "history": lambda: list(Site.history.all()),
    "historical model": lambda: list(Site.history.model.objects.all()),
    "aggregate over a slice": lambda: Site.objects.all()[:5].aggregate(n=Count("pk")),
}
WRITES = {
    "create": lambda: District.objects.create(code="X", name="X"),
    "save": lambda: District(code="X", name="X").save(),
    "get_or_create": lambda: District.objects.get_or_create(code="X", defaults={"name": "X"}),
    "update_or_create": lambda: District.objects.update_or_create(code="X", defaults={"name": "X"}),
    "bulk_create": lambda: bulk_create_with_history(District, [District(code="X", name="X")]),
    "update": lambda: update_with_history(District.objects.all(), name="Y"),
    "delete": lambda: District.objects.all().delete(),
    "raw delete": lambda: District.objects.all()._raw_delete("default"),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_no_read_works_without_a_scope(cast, read):
    with pytest.raises(ScopeError):
        read()


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_no_write_works_without_a_scope(cast, write):
    with pytest.raises(ScopeError):
        write()


@pytest.mark.django_db(transaction=True)
def test_reads_see_the_rows_of_the_network_in_scope_only(cast, without_second_wall):
    with network_scope(cast.network):
        assert [site.code for site in Site.objects.all()] == ["A", "B"]
        assert Site.objects.count() == 2
        assert Site._base_manager.count() == 2
        assert Site.history.count() == 2
        assert Site.history.model.objects.count() == 2
        assert not Site.objects.filter(name="Quetzal Yard").exists()


def test_a_queryset_built_in_one_scope_does_not_run_in_another(cast):
    with network_scope(cast.network):
        kept = Site.objects.filter(status="open")
    with network_scope(cast.other), pytest.raises(ScopeError, match="another scope"):
        list(kept)


def test_a_queryset_built_outside_does_not_run_inside(cast):
    kept = Site.objects.all()
    with network_scope(cast.network), pytest.raises(ScopeError, match="another scope"):
        list(kept)


@pytest.mark.django_db(transaction=True)
def test_a_foreign_key_does_not_lead_into_another_network(cast, without_second_wall):
    with network_scope(cast.network):
        charger = Charger(site=cast.site, code="C1")
        charger.site_id = cast.other_site.pk
        with pytest.raises(Site.DoesNotExist):
            assert charger.site


def test_a_row_of_another_network_is_not_saved(cast):
    with network_scope(cast.network):
        cast.other_site.name = "Taken"
        with pytest.raises(ScopeError):
            cast.other_site.save()


def test_a_row_of_another_network_is_not_deleted(cast):
    with network_scope(cast.network), pytest.raises(ScopeError):
        cast.other_site.delete()


def test_a_new_row_cannot_be_made_for_another_network(cast):
    with network_scope(cast.network), pytest.raises(ScopeError):
        Site.objects.create(code="Z", name="Z", network=cast.other)


def test_bulk_create_refuses_a_row_of_another_network(cast):
    with network_scope(cast.network), pytest.raises(ScopeError):
        bulk_create_with_history(Site, [Site(code="Z", name="Z", network=cast.other)])


def test_rows_are_not_given_to_another_network_by_update(cast):
    with network_scope(cast.network), pytest.raises(ScopeError):
        update_with_history(Site.objects.all(), network=cast.other)


def test_another_network_is_not_entered_from_inside(cast):
    with network_scope(cast.network), pytest.raises(ScopeError), network_scope(cast.other):
        pass


def test_a_thread_starts_outside_of_any_network(cast):
    seen = []
    with network_scope(cast.network):
        thread = threading.Thread(target=lambda: seen.append(current_network()))
        thread.start()
        thread.join()
    assert seen == [None]


@pytest.mark.parametrize("verb", ["update", "bulk_create", "bulk_update"])
def test_bulk_writes_that_leave_no_history_are_refused(scoped, verb):
    calls = {
        "update": lambda: Site.objects.update(name="X"),
        "bulk_create": lambda: Site.objects.bulk_create([Site(code="Z", name="Z")]),
        "bulk_update": lambda: Site.objects.bulk_update([scoped.site], ["name"]),
    }
    with pytest.raises(UntrackedWriteError):
        calls[verb]()


def test_the_helpers_write_the_history_of_bulk_writes(scoped):
    bulk_create_with_history(Site, [Site(code="Y", name="Y"), Site(code="Z", name="Z")], reason="opened")
    made = Site.objects.get(code="Y")
    made.name = "Yard"
    bulk_update_with_history(Site, [made], ["name"], reason="renamed")
    update_with_history(Site.objects.filter(code="Y"), reason="moved", town="Leeds")
    kept = [(row.history_type, row.name, row.town, row.history_change_reason) for row in made.history.all()]
    assert kept == [("~", "Yard", "Leeds", "moved"), ("~", "Yard", "", "renamed"), ("+", "Y", "", "opened")]


def test_the_same_code_can_stand_in_two_networks(cast):
    assert cast.site.code == cast.other_site.code


def test_the_same_code_cannot_stand_twice_in_one(scoped):
    with pytest.raises(IntegrityError), transaction.atomic():
        Site(code="a", name="lower case of A").save()


@pytest.mark.django_db(transaction=True)
def test_queries_outside_of_a_transaction_see_their_network(cast):
    with network_scope(cast.network):
        assert not connection.in_atomic_block
        assert Site.objects.count() == 2
        assert [site.code for site in Site.objects.order_by("code").iterator(chunk_size=1)] == ["A", "B"]
