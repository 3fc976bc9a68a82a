"""The tables of a set, as its page and its print show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import Text
from core.export.columns import Column
from core.parts import Cell, Empty, Related, Row
from core.parts import Column as PartColumn
from core.records import verb_text
from security.models import AlertState, WatchKind
from security.models.records import position_words

FIGURE_COLUMNS = (
    Column("records", _("Records"), "number"),
    Column("before", _("Period before"), "number"),
    Column("refused", _("Refused"), "number"),
    Column("failed", _("Failed"), "number"),
    Column("corrections", _("Corrections"), "number"),
    Column("average", _("Took on average"), "duration"),
)
ALERT_COLUMNS = (
    Column("number", _("Number"), "code"),
    Column("raised_at", _("Raised at"), "datetime"),
    Column("text", _("What happened")),
    Column("owner", _("Owner")),
    Column("state", _("State")),
    Column("answer", _("Answer")),
)
TITLES: Mapping[str, tuple[Text, Text]] = {
    "person": (_("By person"), _("Person")),
    "position": (_("By position"), _("Position")),
    "site": (_("By site"), _("Site")),
    "verb": (_("By kind of operation"), _("Operation")),
}
NOBODY: Mapping[str, Text] = {
    "person": _("The system"),
    "position": _("None"),
    "site": _("The network as a whole"),
    "verb": "",
}


@dataclass(frozen=True)
class Table:
    """One titled table."""

    title: Text
    columns: Sequence[Column]
    rows: list[list[Any]]


def tables_of(figures: Mapping[str, Any]) -> list[Table]:
    """All tables of a set's figures."""
    tables = []
    for dimension, (title, head) in TITLES.items():
        columns = (Column("name", head), *FIGURE_COLUMNS)
        tables.append(Table(title, columns, [_line(dimension, line) for line in figures[dimension]]))
    tables.append(Table(_("Alerts and their answers"), ALERT_COLUMNS, [_alert(alert) for alert in figures["alerts"]]))
    return tables


def _line(dimension: str, line: Mapping[str, Any]) -> list[Any]:
    average = line["took_ms"] / line["timed"] / 1000 if line["timed"] else None
    name = _name(dimension, line)
    return [name, *(line[key] for key in ("records", "before", "refused", "failed", "corrections")), average]


def _name(dimension: str, line: Mapping[str, Any]) -> str:
    if dimension == "verb":
        return verb_text(line["name"])
    name = position_words(line["name"]) if dimension == "position" else line["name"]
    return name or str(NOBODY[dimension])


def _alert(alert: Mapping[str, Any]) -> list[Any]:
    labels, rules = dict(AlertState.choices), dict(WatchKind.choices)
    return [
        alert["number"],
        datetime.fromisoformat(alert["raised_at"]),
        alert["text"] or rules.get(alert["rule"], alert["rule"]),
        alert["owner"],
        labels.get(alert["state"], alert["state"]),
        alert["answer"],
    ]


def related_of_set(figures: Mapping[str, Any]) -> list[Related]:
    """The tables as parts of a page."""
    return [_related(table) for table in tables_of(figures)]


def _related(table: Table) -> Related:
    columns = [
        PartColumn(column.name, column.label, column.kind, column.unit, decimals=column.decimals)
        for column in table.columns
    ]
    rows = [Row([Cell(column, value) for column, value in zip(columns, row, strict=True)]) for row in table.rows]
    return Related(table.title, columns, rows, count=len(rows), empty=Empty(_("Nothing in this period")))
