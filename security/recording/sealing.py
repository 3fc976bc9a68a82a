"""Sealing: new records become a link of the chain, once a minute."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from core.tenancy.scope import current_network_id, require_network
from security.recording.chain import (
    NETWORK_CHAIN,
    PLATFORM_CHAIN,
    START,
    Chain,
    columns_of,
    digest_of,
    running_hash,
    seal_hash,
)

logger = logging.getLogger("chargenet.records")
BATCH = 5_000
"""Records of one seal at most."""


def seal_records(*, now: datetime) -> int:
    """Seal what waits in the network in scope; returns how many records were sealed. Safe to repeat.

    Raises:
        ScopeError: no network is in scope.
    """
    network = require_network()
    return _seal_all(NETWORK_CHAIN, now, network.slug)


def seal_platform_records(*, now: datetime) -> int:
    """Seal what waits in the platform's chain; returns how many records were sealed. Safe to repeat."""
    return _seal_all(PLATFORM_CHAIN, now, "")


def last_seal(chain: Chain = NETWORK_CHAIN) -> Any:
    """The newest seal (without its lists), or None."""
    return chain.seals.objects.defer("record_ids", "digests").order_by("-number").first()


def _seal_all(chain: Chain, now: datetime, slug: str) -> int:
    sealed = 0
    while True:
        count = _seal_batch(chain, now, slug)
        sealed += count
        if count < BATCH:
            return sealed


@transaction.atomic
def _seal_batch(chain: Chain, now: datetime, slug: str) -> int:
    """One link of at most BATCH records, in the order of their ids; 0 where nothing waits."""
    _lock(chain)
    ids = list(chain.waiting.objects.order_by("record_id").values_list("record_id", flat=True)[:BATCH])
    if not ids:
        return 0
    names = columns_of(chain.records)
    rows = {row["id"]: row for row in chain.records.objects.filter(pk__in=ids).order_by().values(*names)}
    # A name on the list without a record is none: whoever took the record away before its seal left this trace.
    for lost in (pk for pk in ids if pk not in rows):
        logger.error("Work record %s was gone before it was sealed", lost, extra={"network": slug})
    present = [pk for pk in ids if pk in rows]
    if present:
        _link(chain, [(pk, digest_of(rows[pk])) for pk in present], now, slug)
    chain.waiting.objects.filter(record_id__in=present).delete()
    return len(present)


def _link(chain: Chain, digests: list[tuple[int, bytes]], now: datetime, slug: str) -> None:
    before = last_seal(chain)
    number = 1 if before is None else before.number + 1
    previous = START if before is None else before.hash
    ids = [pk for pk, _digest in digests]
    records_hash = running_hash(previous, (digest for _pk, digest in digests))
    head = seal_hash(
        number=number,
        network_id=current_network_id() if chain is NETWORK_CHAIN else None,
        sealed_at=now,
        record_ids=ids,
        records_hash=records_hash,
        previous_hash=previous,
    )
    chain.seals(
        number=number,
        sealed_at=now,
        first_id=ids[0],
        last_id=ids[-1],
        count=len(ids),
        record_ids=ids,
        digests=b"".join(digest for _pk, digest in digests),
        records_hash=records_hash,
        previous_hash=previous,
        hash=head,
    ).save()
    logger.info(
        "Records sealed: seal %s of %s records, head %s",
        number,
        len(ids),
        head,
        extra={"network": slug, "seal": number, "records": len(ids), "head": head},
    )


def _lock(chain: Chain) -> None:
    """One sealer at a time for each chain, until the transaction ends."""
    name = f"{current_network_id()}:seal" if chain is NETWORK_CHAIN else "platform:seal"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
