"""What a seal is made of: the canonical form of a record, its digest, and the hashes over a batch.

The form is JSON with sorted keys and no spaces, of every column of the record by its name; moments in UTC with
microseconds. Whoever has the rows can compute it without this program.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from security.models import (
    PlatformRecord,
    PlatformSeal,
    Seal,
    UnsealedPlatformRecord,
    UnsealedRecord,
    WorkRecord,
)

START = "0" * 64
"""The hash before the first seal."""
DIGEST = 32
"""Bytes of one digest."""


@dataclass(frozen=True)
class Chain:
    """The three tables of a chain: records, seals, and the list of records that wait for one."""

    records: Any
    seals: Any
    waiting: Any


NETWORK_CHAIN = Chain(WorkRecord, Seal, UnsealedRecord)
PLATFORM_CHAIN = Chain(PlatformRecord, PlatformSeal, UnsealedPlatformRecord)


def canonical(values: Mapping[str, Any]) -> bytes:
    """The bytes that a record's digest is taken of; `values` are those of its columns."""
    told = {name: _told(value) for name, value in values.items()}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False, cls=DjangoJSONEncoder)
    return text.encode()


def _told(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def digest_of(values: Mapping[str, Any]) -> bytes:
    """The SHA-256 of a record."""
    return hashlib.sha256(canonical(values)).digest()


def columns_of(model: Any) -> list[str]:
    """The names of a record's columns."""
    return [field.attname for field in model._meta.concrete_fields]


def running_hash(previous: str, digests: Iterable[bytes]) -> str:
    """The hash that runs from the seal before over the digests, in their order."""
    state = bytes.fromhex(previous)
    for digest in digests:
        state = hashlib.sha256(state + digest).digest()
    return state.hex()


def seal_hash(
    *, number: int, network_id: int | None, sealed_at: datetime, record_ids: Sequence[int], records_hash: str,
    previous_hash: str,
) -> str:  # fmt: skip
    """The hash of a seal: over everything it says and the hash before it."""
    return hashlib.sha256(
        canonical(
            {
                "number": number,
                "network_id": network_id,
                "sealed_at": sealed_at,
                "first_id": record_ids[0],
                "last_id": record_ids[-1],
                "count": len(record_ids),
                "record_ids": list(record_ids),
                "records_hash": records_hash,
                "previous_hash": previous_hash,
            }
        )
    ).hexdigest()


def split(digests: bytes | memoryview) -> list[bytes]:
    """The digests of a seal, one by one."""
    raw = bytes(digests)
    return [raw[start : start + DIGEST] for start in range(0, len(raw), DIGEST)]
