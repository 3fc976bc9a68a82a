"""Verifying a chain: what was edited, removed, reordered, inserted or cut off since it was sealed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction

from core.clock import now
from core.tenancy.scope import current_network_id
from security.models import RecordSet
from security.recording.chain import (
    NETWORK_CHAIN,
    START,
    Chain,
    columns_of,
    digest_of,
    running_hash,
    seal_hash,
    split,
)

EDITED, REMOVED, REORDERED, INSERTED, CUT, BROKEN, LATE = (
    "edited",
    "removed",
    "reordered",
    "inserted",
    "cut-off",
    "broken-seal",
    "not-sealed",
)
PIECE = 5_000
MOST_COMPARED = 200  # edited records that are held against each other to find those that changed places
SEALED_WITHIN = timedelta(minutes=10)  # sealing runs every minute; what waits longer shows that it stopped


@dataclass(frozen=True)
class Finding:
    """Something wrong: what, in which seal (None: in none), which records, and in words."""

    kind: str
    seal: int | None
    records: list[int]
    text: str


@dataclass
class Verdict:
    """What was looked at and what was found; `head` is (number, hash) of the last seal."""

    records: int = 0
    seals: int = 0
    waiting: int = 0
    head: tuple[int, str] = (0, START)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {**asdict(self), "head": {"number": self.head[0], "hash": self.head[1]}, "right": self.is_right}


@transaction.atomic
def verify(chain: Chain = NETWORK_CHAIN, *, heads: Mapping[int, str] | None = None) -> Verdict:
    """Hold every record of the chain against its seal, and the last seal against what is known of it elsewhere.

    `heads`: seal numbers with the hashes that were printed or logged. The chain of a network is that of the network
    in scope.

    Raises:
        ScopeError: no network is in scope for a network's chain.
    """
    verdict = Verdict()
    hashes: dict[int, str] = {}
    edited: list[_Edited] = []
    for seal in chain.seals.objects.order_by("number").iterator(chunk_size=20):
        _check_link(verdict, seal, chain)
        edited += _check_records(verdict, seal, chain)
        hashes[seal.number] = seal.hash
    verdict.findings += _told_apart(chain, edited)
    verdict.findings += _unsealed(verdict, chain)
    verdict.findings += _cut_off(hashes, {**_heads_of_sets(chain), **(heads or {})})
    return verdict


@dataclass(frozen=True)
class _Edited:
    seal: int
    record: int
    wanted: bytes
    values: Mapping[str, Any]


def _check_link(verdict: Verdict, seal: Any, chain: Chain) -> None:
    """The seal itself: does it follow the one before, and does its hash fit what it says?"""
    number, previous = verdict.head
    problems = []
    if seal.number != number + 1:
        missing = ", ".join(map(str, range(number + 1, min(seal.number, number + 20))))
        problems.append(
            f"the seals before it are missing: {missing}" if seal.number > number else "its number is wrong"
        )
    elif seal.previous_hash != previous:
        problems.append("it does not follow the seal before it")
    ids, digests = list(seal.record_ids), split(seal.digests)
    if len(ids) != seal.count or len(digests) != seal.count or not ids:
        problems.append("its lists are not complete")
    else:
        if running_hash(seal.previous_hash, digests) != seal.records_hash:
            problems.append("the digests in it were changed")
        expected = seal_hash(
            number=seal.number,
            network_id=current_network_id() if chain is NETWORK_CHAIN else None,
            sealed_at=seal.sealed_at,
            record_ids=ids,
            records_hash=seal.records_hash,
            previous_hash=seal.previous_hash,
        )
        if expected != seal.hash or (seal.first_id, seal.last_id) != (ids[0], ids[-1]):
            problems.append("its hash does not fit")
    if problems:
        verdict.findings.append(Finding(BROKEN, seal.number, [], f"Seal {seal.number}: {'; '.join(problems)}."))
    verdict.seals += 1
    verdict.head = (seal.number, seal.hash)


def _check_records(verdict: Verdict, seal: Any, chain: Chain) -> Iterator[_Edited]:
    """The records of a seal: those that are gone are found at once, those that differ are yielded."""
    names = columns_of(chain.records)
    rows = {row["id"]: row for row in chain.records.objects.filter(pk__in=seal.record_ids).order_by().values(*names)}
    gone = [pk for pk in seal.record_ids if pk not in rows]
    if gone:
        verdict.findings.append(Finding(REMOVED, seal.number, gone, f"Removed from seal {seal.number}."))
    for pk, wanted in zip(seal.record_ids, split(seal.digests), strict=False):
        if pk in rows:
            verdict.records += 1
            if digest_of(rows[pk]) != wanted:
                yield _Edited(seal.number, pk, wanted, rows[pk])


def _told_apart(chain: Chain, edited: list[_Edited]) -> Iterator[Finding]:
    """Records that hold what another one held changed places; the others were edited."""
    wanted = {item.wanted: item.record for item in edited[:MOST_COMPARED]}
    moved: set[int] = set()
    for item in edited[:MOST_COMPARED]:
        for other in edited[:MOST_COMPARED]:
            if other.record != item.record and wanted.get(digest_of({**item.values, "id": other.record})):
                moved.add(item.record)
    for kind, text in ((REORDERED, "Changed places in seal %s."), (EDITED, "Edited after seal %s.")):
        by_seal: dict[int, list[int]] = {}
        for item in edited:
            if (item.record in moved) == (kind == REORDERED):
                by_seal.setdefault(item.seal, []).append(item.record)
        yield from (Finding(kind, seal, records, text % seal) for seal, records in by_seal.items())


def _unsealed(verdict: Verdict, chain: Chain) -> Iterator[Finding]:
    """Records in no seal: those that wait for one are right, the others were put in behind the chain's back."""
    waiting = dict.fromkeys(chain.waiting.objects.order_by().values_list("record_id", flat=True))
    sealed: set[int] = set()
    for ids in chain.seals.objects.order_by("number").values_list("record_ids", flat=True).iterator(chunk_size=50):
        sealed.update(ids)
    inserted: list[int] = []
    old: list[int] = []
    present: set[int] = set()
    limit = now() - SEALED_WITHIN
    for pk, at in chain.records.objects.order_by("pk").values_list("pk", "recorded_at").iterator(chunk_size=PIECE):
        present.add(pk)
        if pk in sealed:
            continue
        if pk not in waiting:
            inserted.append(pk)
        elif at < limit:
            old.append(pk)
    verdict.waiting = len(waiting)
    yield from _named(INSERTED, inserted, "Inserted without a seal.")
    yield from _named(LATE, old, "Not sealed in time: is the task that seals running?")
    yield from _named(REMOVED, [pk for pk in waiting if pk not in present], "Removed before it was sealed.")


def _named(kind: str, records: list[int], text: str) -> Iterator[Finding]:
    if records:
        yield Finding(kind, None, records, text)


def _heads_of_sets(chain: Chain) -> dict[int, str]:
    """Heads that work record sets carry: those of the network in scope."""
    if chain is not NETWORK_CHAIN:
        return {}

    return dict(RecordSet.objects.filter(seal_number__gt=0).order_by().values_list("seal_number", "chain_head"))


def _cut_off(hashes: Mapping[int, str], heads: Mapping[int, str]) -> Iterable[Finding]:
    """Heads that were printed or logged and that the chain does not have (any more)."""
    last = max(hashes, default=0)
    for number, head in sorted(heads.items()):
        if number > last:
            yield Finding(CUT, number, [], f"Cut off after seal {last}: seal {number} was printed with {head[:12]}….")
        elif hashes.get(number) != head:
            yield Finding(BROKEN, number, [], f"Seal {number} was printed with {head[:12]}… and now says otherwise.")
