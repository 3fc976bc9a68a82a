"""The chain: what is sealed, and what tampering shows."""

import json
import threading
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import now
from core.db.roles import as_owner
from core.records import record, record_platform
from core.tenancy.scope import network_scope
from security.models import Network, PlatformSeal, Seal, UnsealedRecord, WorkRecord
from security.recording import sealing
from security.recording.chain import PLATFORM_CHAIN, START, canonical
from security.recording.sealing import last_seal, seal_platform_records, seal_records
from security.recording.verifying import BROKEN, CUT, EDITED, INSERTED, LATE, REMOVED, REORDERED, verify
from tests.cast import make_network

TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=40)
VALUES = st.dictionaries(
    st.sampled_from(["name", "state", "note"]),
    TEXTS | st.integers(-(2**40), 2**40) | st.none() | st.lists(TEXTS, max_size=3),
)
MUTATIONS = st.sampled_from(
    [
        "summary = summary || 'x'", "verb = verb || '.x'", "recorded_at = recorded_at + interval '1 microsecond'",
        "account_name = account_name || '.'", "target_id = coalesce(target_id, 0) + 1", "result = 'failed'",
        """after = after || '{"added": 1}'""", "before = 'null'", "address = '203.0.113.1'", "took_ms = 7",
        "occurred_at = occurred_at - interval '1 hour'", "position = 'director'",
    ]
)  # fmt: skip

RECORD, SEAL = "security_workrecord", "security_seal"


def say(*texts):
    for text in texts:
        record("network.changed", summary=text, before={"name": "x"}, after={"name": text})


def ids():
    return list(WorkRecord.objects.order_by("pk").values_list("pk", flat=True))


def kinds(verdict):
    return {finding.kind for finding in verdict.findings}


@pytest.fixture
def chain(transactional_db):
    """A network in scope with three seals of three records each."""
    network = make_network("harbour")
    with network_scope(network):
        for start in (0, 3, 6):
            say(*map(str, range(start, start + 3)))
            seal_records(now=now())
        yield network


def tamper(network, *statements):
    """Change rows as the owner of the tables, with triggers and row-level security off."""
    with as_owner() as owner, owner.cursor() as cursor:
        for table in (RECORD, SEAL):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        for statement, *values in statements:
            cursor.execute(statement, values)
        for table in (RECORD, SEAL):
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER chargenet_append_only")


def test_an_untouched_chain_is_right(chain):
    verdict = verify()
    assert (verdict.is_right, verdict.records, verdict.seals, verdict.waiting) == (True, 9, 3, 0)
    assert verdict.head == (3, last_seal().hash)


def test_an_edited_record_is_found(chain):
    pk = ids()[4]
    tamper(chain, (f"UPDATE {RECORD} SET summary = 'never happened' WHERE id = %s", pk))
    (finding,) = verify().findings
    assert (finding.kind, finding.seal, finding.records) == (EDITED, 2, [pk])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("account_name", "Nobody"), ("position", "auditor"), ("result", "failed"), ("address", "10.9.8.7"),
        ("after", '{"name": "other"}'), ("occurred_at", "2001-01-01T00:00:00Z"), ("request_id", "other"),
        ("target_id", "77"), ("took_ms", "5"),
    ],
)  # fmt: skip
def test_every_column_is_sealed(chain, column, value):
    pk = ids()[0]
    tamper(chain, (f"UPDATE {RECORD} SET {column} = %s WHERE id = %s", value, pk))
    assert [(finding.kind, finding.records) for finding in verify().findings] == [(EDITED, [pk])]


def test_a_removed_record_is_found(chain):
    pk = ids()[3]
    tamper(chain, (f"DELETE FROM {RECORD} WHERE id = %s", pk))
    (finding,) = verify().findings
    assert (finding.kind, finding.seal, finding.records) == (REMOVED, 2, [pk])


def test_records_that_changed_places_are_found(chain):
    one, other = ids()[0], ids()[7]
    tamper(
        chain,
        (f"UPDATE {RECORD} SET id = -1 WHERE id = %s", one),
        (f"UPDATE {RECORD} SET id = %s WHERE id = %s", one, other),
        (f"UPDATE {RECORD} SET id = %s WHERE id = -1", other),
    )
    found = [(finding.kind, finding.seal, finding.records) for finding in verify().findings]
    assert found == [(REORDERED, 1, [one]), (REORDERED, 3, [other])]


def test_an_inserted_record_is_found(chain):
    copy = ", ".join(
        field.column for field in WorkRecord._meta.concrete_fields if field.column not in ("id", "summary")
    )
    tamper(
        chain,
        (f"INSERT INTO {RECORD} (summary, {copy}) SELECT 'slipped in', {copy} FROM {RECORD} ORDER BY id LIMIT 1",),
    )
    (finding,) = verify().findings
    assert (finding.kind, finding.seal, finding.records) == (INSERTED, None, [ids()[-1]])


def test_a_tail_cut_off_with_its_seal_is_found_by_a_head_kept_elsewhere(chain):
    head, tail = last_seal(), ids()[6:]
    tamper(
        chain,
        (f"DELETE FROM {RECORD} WHERE id = ANY(%s)", tail),
        (f"DELETE FROM {SEAL} WHERE number = 3",),
    )
    assert verify().is_right, "the chain alone cannot know what it was"
    (finding,) = verify(heads={head.number: head.hash}).findings
    assert (finding.kind, finding.seal) == (CUT, 3)


def test_a_tail_cut_off_without_its_seal_is_found(chain):
    tail = ids()[-2:]
    tamper(chain, (f"DELETE FROM {RECORD} WHERE id = ANY(%s)", tail))
    (finding,) = verify().findings
    assert (finding.kind, finding.seal, finding.records) == (REMOVED, 3, tail)


def test_an_edited_seal_is_found(chain):
    tamper(chain, (f"UPDATE {SEAL} SET sealed_at = sealed_at - interval '1 day' WHERE number = 2",))
    (finding,) = verify().findings
    assert (finding.kind, finding.seal) == (BROKEN, 2)


def test_a_chain_sealed_anew_does_not_fit_the_printed_head(chain):
    head = last_seal()
    tamper(
        chain,
        (f"UPDATE {RECORD} SET summary = 'rewritten' WHERE id = %s", ids()[-1]),
        (f"DELETE FROM {SEAL} WHERE number = 3",),
        ("INSERT INTO security_unsealedrecord (network_id, record_id) SELECT network_id, id FROM security_workrecord "
         "WHERE id = ANY(%s)", ids()[6:]),
    )  # fmt: skip
    seal_records(now=now())
    assert verify().is_right
    assert kinds(verify(heads={head.number: head.hash})) == {BROKEN}


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", [RECORD, SEAL, "security_platformrecord", "security_platformseal"])
def test_the_database_refuses_changes_even_to_the_owner(chain, statement, table):
    with as_owner() as owner, owner.cursor() as cursor, pytest.raises(DatabaseError, match="never changed"):
        cursor.execute(statement.format(table, "id", "id"))


def test_the_application_has_no_right_to_change_them(chain):
    for statement in (f"UPDATE {RECORD} SET verb = ''", f"DELETE FROM {SEAL}", f"TRUNCATE {RECORD}"):
        with connection.cursor() as cursor, pytest.raises(DatabaseError, match="permission denied"):
            cursor.execute(statement)


def in_thread(work):
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_record_committed_late_with_a_lower_number_is_sealed(chain):
    written, go_on = threading.Event(), threading.Event()

    def slow():
        with network_scope(chain), transaction.atomic():
            say("late")
            written.set()
            go_on.wait(10)

    thread = in_thread(slow)
    written.wait(10)
    say("quick")
    assert seal_records(now=now()) == 1
    go_on.set()
    thread.join()
    assert seal_records(now=now()) == 1
    late = WorkRecord.objects.get(summary="late")
    assert (last_seal().first_id, late.pk < WorkRecord.objects.get(summary="quick").pk) == (late.pk, True)
    assert verify().is_right


def test_what_is_rolled_back_is_never_sealed(chain):
    with transaction.atomic():
        say("undone")
        transaction.set_rollback(True)
    assert (seal_records(now=now()), UnsealedRecord.objects.count()) == (0, 0)


def test_sealing_at_once_makes_one_chain(chain):
    say(*map(str, range(40)))

    def work():
        with network_scope(chain):
            seal_records(now=now())

    for thread in [in_thread(work) for _ in range(4)]:
        thread.join()
    verdict = verify()
    assert (verdict.is_right, verdict.records, verdict.seals) == (True, 49, 4)


def test_a_long_queue_becomes_several_seals(chain, monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 10)
    say(*map(str, range(25)))
    assert seal_records(now=now()) == 25
    assert list(Seal.objects.order_by("number").values_list("number", "count"))[3:] == [(4, 10), (5, 10), (6, 5)]
    assert verify().is_right


def test_what_waits_too_long_shows(chain, monkeypatch):
    say("waiting")
    assert verify().is_right
    from security.recording import verifying

    monkeypatch.setattr(verifying, "now", lambda: now() + verifying.SEALED_WITHIN * 2)
    assert kinds(verify()) == {LATE}


def test_what_was_taken_away_before_it_was_sealed_shows(chain):
    say("embarrassing")
    pk = ids()[-1]
    tamper(chain, (f"DELETE FROM {RECORD} WHERE id = %s", pk))
    seal_records(now=now())
    (finding,) = verify().findings
    assert (finding.kind, finding.seal, finding.records) == (REMOVED, None, [pk])


def run_command(*arguments):
    out = StringIO()
    try:
        call_command("verify_records", *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def outside(transactional_db):
    """Two sealed networks and the platform, outside of any scope."""
    made = make_network("harbour"), make_network("hill")
    for network in made:
        with network_scope(network):
            say(network.slug)
            seal_records(now=now())
    record_platform("platform.changed", summary="a network")
    seal_platform_records(now=now())
    return made


def test_the_command_says_that_all_is_right(outside):
    status, text = run_command()
    assert (status, text.count(": right."), "(platform)" in text) == (0, 3, True)


def test_the_command_names_what_is_wrong_and_ends_with_one(outside):
    with network_scope(outside[1]):
        pk = ids()[-1]
    tamper(outside[1], (f"UPDATE {RECORD} SET summary = 'x' WHERE id = %s", pk))
    status, text = run_command("--json")
    told = json.loads(text)
    assert (status, told["harbour"]["right"], told["hill"]["right"]) == (1, True, False)
    assert (told["hill"]["findings"][0]["kind"], told["hill"]["findings"][0]["records"]) == (EDITED, [pk])
    assert run_command("--network", "harbour")[0] == 0


def test_the_command_holds_a_printed_head_against_the_chain(outside):
    with network_scope(outside[0]):
        head = last_seal()
    assert run_command("--network", "harbour", "--head", f"{head.number}:{head.hash}")[0] == 0
    assert run_command("--network", "harbour", "--head", f"{head.number + 1}:{head.hash}")[0] == 1


def test_each_network_and_the_platform_has_a_chain_of_its_own(outside):
    for network in outside:
        with network_scope(network):
            first = Seal.objects.order_by("number").first()
            assert (first.number, first.previous_hash, verify().is_right) == (1, START, True)
    assert (PlatformSeal.objects.count(), verify(PLATFORM_CHAIN).is_right) == (1, True)
    assert Network.objects.count() == 2


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deeds=st.lists(st.tuples(TEXTS, VALUES, VALUES), min_size=1, max_size=12),
    sealed_after=st.sets(st.integers(0, 11)),
    mutation=MUTATIONS,
    which=st.integers(0, 10**6),
)
def test_any_records_make_a_chain_that_is_right_and_any_one_mutation_is_found(
    chain, deeds, sealed_after, mutation, which
):
    for number, (summary, before, after) in enumerate(deeds):
        record("network.changed", summary=summary, before=before, after=after)
        if number in sealed_after:
            seal_records(now=now())
    seal_records(now=now())
    assert verify().is_right
    pk = ids()[which % len(ids())]
    columns = ", ".join(f"{field.column} = kept.{field.column}" for field in WorkRecord._meta.concrete_fields[1:])
    tamper(
        chain,
        ("CREATE TABLE kept AS SELECT * FROM security_workrecord WHERE id = %s", pk),
        (f"UPDATE {RECORD} SET {mutation} WHERE id = %s", pk),
    )
    try:
        assert [(finding.kind, finding.records) for finding in verify().findings] == [(EDITED, [pk])]
    finally:
        tamper(
            chain,
            (f"UPDATE {RECORD} SET {columns} FROM kept WHERE {RECORD}.id = kept.id",),
            ("DROP TABLE kept",),
        )
    assert verify().is_right


@given(VALUES, VALUES)
def test_the_canonical_form_tells_values_apart(one, other):
    assert (canonical({"after": one}) == canonical({"after": other})) == (one == other)
