"""The figures of a set: one grouped query over the period, folded by person, position, site and kind of operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Count, Q, Sum

from core.periods import Period
from core.records import FAILED, REFUSED
from security.models import Alert, WorkRecord
from security.places import place_kinds

SUMS = ("records", "refused", "failed", "corrections", "timed", "took_ms")
DIMENSIONS = ("person", "position", "site", "verb")
Figures = dict[str, Any]


def compute(period: Period, before: Period | Figures) -> Figures:
    """The figures of `period` in the network in scope, beside the counts of the period before (or its figures).

    `took_ms` is in milliseconds, summed over the `timed` operations that say how long they took; a correction is an
    operation that changed what was recorded before.
    """
    rows = _grouped(period)
    earlier = fold(_grouped(before)) if isinstance(before, Period) else before
    figures = fold(rows)
    for dimension in DIMENSIONS:
        counts = {line["key"]: line["records"] for line in earlier[dimension]}
        known = {line["key"] for line in figures[dimension]}
        for line in figures[dimension]:
            line["before"] = counts.get(line["key"], 0)
        figures[dimension] += [
            {**_nothing(), "key": line["key"], "name": line["name"], "before": line["records"]}
            for line in earlier[dimension]
            if line["key"] not in known and line["records"]
        ]
    figures["totals"]["before"] = earlier["totals"]["records"]
    figures["totals"]["refused_before"] = earlier["totals"]["refused"]
    figures["totals"]["corrections_before"] = earlier["totals"]["corrections"]
    figures["alerts"] = _alerts(period)
    return figures


def _grouped(period: Period) -> list[dict[str, Any]]:
    rows = (
        WorkRecord.objects.filter(recorded_at__gte=period.start, recorded_at__lt=period.end)
        .order_by()
        .values("account_id", "account__name", "position", "site_id", "verb", "result")
        .annotate(
            records=Count("pk"),
            corrections=Count("pk", filter=~Q(before={}) & ~Q(after={})),
            timed=Count("took_ms"),
            took_ms=Sum("took_ms"),
        )
    )
    found = list(rows)
    names = _site_names({row["site_id"] for row in found} - {None})
    for row in found:
        row["site"] = names.get(row["site_id"], "")
    return found


def fold(rows: Iterable[Mapping[str, Any]]) -> Figures:
    """Sums in all and along each dimension, the busiest first."""
    rows = list(rows)
    keys: dict[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
        "person": lambda row: (str(row["account_id"] or ""), row["account__name"] or ""),
        "position": lambda row: (row["position"], row["position"]),
        "site": lambda row: (str(row["site_id"] or ""), row["site"]),
        "verb": lambda row: (row["verb"], row["verb"]),
    }
    figures: Figures = {dimension: _along(rows, key) for dimension, key in keys.items()}
    totals = _nothing()
    for row in rows:
        _add(totals, row)
    figures["totals"] = totals | {"people": sum(1 for line in figures["person"] if line["key"])}
    return figures


def _along(
    rows: Iterable[Mapping[str, Any]], key: Callable[[Mapping[str, Any]], tuple[str, str]]
) -> list[dict[str, Any]]:
    lines: dict[str, dict[str, Any]] = {}
    for row in rows:
        found, name = key(row)
        _add(lines.setdefault(found, {"key": found, "name": name, **_nothing()}), row)
    return sorted(lines.values(), key=lambda line: (-line["records"], line["name"], line["key"]))


def _nothing() -> dict[str, int]:
    return dict.fromkeys(SUMS, 0)


def _add(line: dict[str, Any], row: Mapping[str, Any]) -> None:
    line["records"] += row["records"]
    line["corrections"] += row["corrections"]
    line["timed"] += row["timed"]
    line["took_ms"] += int(row["took_ms"] or 0)
    line["refused"] += row["records"] if row["result"] == REFUSED else 0
    line["failed"] += row["records"] if row["result"] == FAILED else 0


def _site_names(ids: set[Any]) -> dict[int, str]:
    names: dict[int, str] = {}
    for kind in place_kinds():
        if ids and getattr(kind.model, "site_path", None) == "self":
            names |= {place.pk: str(place) for place in kind.model.objects.filter(pk__in=ids)}
    return names


def _alerts(period: Period) -> list[dict[str, Any]]:
    """The alerts of the period with their answers, as they stand now."""
    alerts = Alert.objects.filter(raised_at__gte=period.start, raised_at__lt=period.end)
    return [
        {
            "number": alert.number,
            "rule": alert.rule.kind,
            "text": alert.text,
            "state": alert.state,
            "owner": str(alert.owner or ""),
            "answer": alert.answer,
            "answered_by": str(alert.answered_by or ""),
            "raised_at": alert.raised_at.isoformat(),
        }
        for alert in alerts.select_related("rule", "owner", "answered_by").order_by("raised_at", "pk")
    ]
