"""The JSON of a report, and the checksum by which a printed one can be held against it.

A document has three parts: `result` holds the figures without words, the same in every language; `text` holds the words
(titles, labels, definitions); `made` says when and by whom. `checksum` is the SHA-256 of `result` in canonical form:
UTF-8, keys sorted, no spaces, numbers without superfluous digits. Energy is in Wh, power in W, length of time in s,
percentages are ratios, moments are ISO 8601 in UTC.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.functional import Promise

from core.export.columns import Column
from core.parts import CellKind, Link, State
from core.reporting.results import Figure, Table, Word

if TYPE_CHECKING:
    from core.reporting.making import Made

FORMAT = "chargenet-report/1"
_UNITS: Mapping[CellKind, str] = {"energy": "Wh", "power": "W", "percent": "ratio", "duration": "s"}


class NotPlain(TypeError):
    """A value that a document cannot hold."""


def canonical(made: Made) -> dict[str, Any]:
    """The figures of a report without words. Raises NotPlain for a value that JSON cannot hold."""
    result = made.result
    period = result.period
    return {
        "report": made.report.name,
        "version": made.report.version,
        "network": made.network.slug,
        "parameters": made.query,
        "period": None if period is None else {"start": plain(period.start), "end": plain(period.end)},
        "time_zone": made.network.time_zone,
        "figures": [_figure(figure) for figure in result.figures],
        "tables": [_table(table) for table in result.tables],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "value": plain(figure.value),
        "before": plain(figure.before),
        "unit": _unit(figure.column),
    }


def _table(table: Table) -> dict[str, Any]:
    names = [column.name for column in table.columns]
    return {
        "name": table.name,
        "columns": [{"name": column.name, "kind": column.kind, "unit": _unit(column)} for column in table.columns],
        "rows": [_row(names, row) for row in table.rows],
        "totals": None if table.totals is None else _row(names, table.totals),
    }


def _row(names: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(names, map(plain, row), strict=True))


def _unit(column: Column) -> str:
    if column.kind == "money":
        return column.currency
    return _UNITS.get(column.kind, str(column.unit))


def plain(value: Any) -> Any:
    """The value as JSON holds it. Raises NotPlain."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal | float):
        return _number(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise NotPlain(f"{value.isoformat()} has no time zone")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _number(Decimal(value // timedelta(microseconds=1)).scaleb(-6))
    if isinstance(value, State | Word):
        return value.value
    if isinstance(value, Link):
        return str(value.label)
    if isinstance(value, Promise | Model):
        return str(value)
    raise NotPlain(f"a report holds no {type(value).__name__}")


def _number(value: Decimal | float) -> int | float:
    """A whole number as int, another as float: both are written without superfluous digits, and read back the same."""
    exact = Decimal(str(value))
    if not exact.is_finite():
        raise NotPlain(f"{value} is no number")
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def canonical_json(result: Mapping[str, Any]) -> bytes:
    """The canonical form of a document's `result`."""
    text = json.dumps(result, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def checksum_of(result: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form, in hexadecimal digits."""
    return hashlib.sha256(canonical_json(result)).hexdigest()


def is_intact(read: Mapping[str, Any]) -> bool:
    """Whether the checksum of a document that was read (by `json.loads`) is that of its figures."""
    return read.get("checksum") == f"sha256:{checksum_of(read['result'])}"


def document(made: Made) -> dict[str, Any]:
    """The whole document, ready for `json.dumps`."""
    result = made.result
    return {
        "format": FORMAT,
        "checksum": f"sha256:{made.checksum}",
        "made": {"at": plain(made.made_at), "by": made.made_by, "url": made.url},
        "result": made.canonical,
        "text": {
            "title": str(made.report.title),
            "network": made.network.name,
            "period": str(result.period_text),
            "before": str(result.before_text),
            "place": str(result.place),
            "figures": {
                figure.name: {"label": str(figure.label), "definition": str(figure.definition)}
                for figure in result.figures
            },
            "tables": {
                table.name: {
                    "title": str(table.title),
                    "columns": {column.name: str(column.label) for column in table.columns},
                    "note": str(table.note),
                }
                for table in result.tables
            },
            "notes": [str(note) for note in result.notes],
        },
    }
