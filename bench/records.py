"""S6: work records a second over eight networks with concurrent writers, while they are sealed.

The floor is the bare INSERT of the same row by the same driver, in transactions of their own as deeds have them.
"""

import sys
import time
from multiprocessing import Barrier, Process, Queue

from _common import say
from django.db import connection, transaction

from core.clock import now
from core.records import record
from core.tenancy.scope import network_scope
from security.models import Network, WorkRecord
from security.recording.sealing import seal_records
from security.recording.verifying import verify

NETWORKS = 8
EACH = 1_500  # records of each writer
FLOOR = """
INSERT INTO bench_floor (network_id, recorded_at, occurred_at, account_name, position, verb, result, target_type,
    target_code, target_text, summary, before, after, request_id)
VALUES (%s, now(), now(), 'bench', '', 'network.changed', 'done', '', '', '', 'bench', '{"a": 1}', '{"a": 2}', 'r')
"""


def main() -> None:
    """Measure, and print the ratio."""
    networks = [
        Network.objects.create(slug=f"n{n}", name=f"N{n}", country="DE", currency="EUR", time_zone="Europe/Berlin")
        for n in range(NETWORKS)
    ]
    _make_floor_table()
    ids = [network.pk for network in networks]
    connection.close()
    floor = run(_bare, ids, sealing=False)
    say("bare INSERT, 8 writers", floor, "/s")
    rate = run(_writer, ids, sealing=True)
    say(
        "records, 8 writers, sealing beside them", rate, "/s", note=f"{rate / floor:.2f} x the floor (at least 1,000/s)"
    )
    started, sealed = time.perf_counter(), 0
    for network in networks:
        with network_scope(network):
            sealed += seal_records(now=now())
    say("sealing what was left", sealed / max(time.perf_counter() - started, 1e-9), "/s", note=f"{sealed} records")
    started, checked = time.perf_counter(), 0
    for network in networks:
        with network_scope(network):
            verdict = verify()
            checked += verdict.records
            if not verdict.is_right:
                sys.exit(f"{network.slug}: {verdict.findings}")
    say("verifying", checked / (time.perf_counter() - started), "/s", note=f"{checked} records, all right")


def run(work: object, ids: list[int], *, sealing: bool) -> float:
    """Records a second of one writer process for each network."""
    together, done = Barrier(len(ids) + 1), Queue()
    writers = [Process(target=_in_process, args=(work, network, together, done)) for network in ids]
    sealer = Process(target=_sealer, args=(ids,), daemon=True)
    for writer in writers:
        writer.start()
    if sealing:
        sealer.start()
    together.wait()
    started = time.perf_counter()
    for _ in writers:
        done.get()
    rate = EACH * len(ids) / (time.perf_counter() - started)
    for writer in writers:
        writer.join()
    if sealing:
        sealer.terminate()
        sealer.join()
    return rate


def _in_process(work: object, network_id: int, together: object, done: object) -> None:
    connection.close()
    network = Network.objects.get(pk=network_id)
    together.wait()
    work(network)
    done.put(network_id)


def _writer(network: Network) -> None:
    with network_scope(network):
        for number in range(EACH):
            with transaction.atomic():
                record("network.changed", summary=str(number), before={"a": 1}, after={"a": 2})


def _bare(network: Network) -> None:
    with connection.cursor() as cursor:
        for _ in range(EACH):
            with transaction.atomic():
                cursor.execute(FLOOR, [network.pk])


def _sealer(ids: list[int]) -> None:
    connection.close()
    networks = list(Network.objects.filter(pk__in=ids))
    while True:
        for network in networks:
            with network_scope(network):
                seal_records(now=now())
        time.sleep(1)


def _make_floor_table() -> None:
    from core.db.roles import as_owner, grant_rights  # noqa: PLC0415 (only here)

    table = WorkRecord._meta.db_table
    with as_owner() as owner, owner.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS bench_floor (LIKE {table} INCLUDING DEFAULTS INCLUDING IDENTITY)")
        cursor.execute("GRANT ALL ON bench_floor TO chargenet_app")
        grant_rights(owner)


if __name__ == "__main__":
    main()
