"""Lists of sites on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.errors import Text
from core.export.columns import Column
from core.formatting import number
from core.parts import State
from core.pdf import Paper, Pdf, paper_pdf, paper_size
from core.tenancy.scope import require_network
from stations.queries import sites_with_counts
from stations.vocabulary import SiteKind, SiteStatus

TEMPLATE = "stations/pdf/site_list.html"
#: Longer lists are printed by a job: about 40 sites stand on a page, and a page takes a third of a second.
MOST_AT_ONCE = 400

LIST_COLUMNS = [
    Column("code", gettext_lazy("Code"), "code"),
    Column("name", gettext_lazy("Name")),
    Column("kind", gettext_lazy("Kind"), "state"),
    Column("status", gettext_lazy("Status"), "state"),
    Column("district", gettext_lazy("District")),
    Column("address", gettext_lazy("Address")),
    Column("opened_on", gettext_lazy("Opened"), "date"),
    Column("chargers", gettext_lazy("Chargers"), "number"),
    Column("connectors", gettext_lazy("Connectors"), "number"),
    Column("grid_kw", gettext_lazy("Grid"), "number", unit="kW"),
]
_ALWAYS = frozenset({"code", "name", "kind", "status", "chargers", "connectors"})
SECONDS = 60.0


def site_list_pdf(
    sites: Any,
    *,
    filters: Sequence[tuple[Text, Text]],
    address: str,
    account: Any,
    now: datetime,
    timeout: float = SECONDS,
) -> Pdf:
    """The list of `sites` (a queryset in its order) as PDF, in the language that is active.

    `filters` say in words which sites these are, as (label, text); `address` is the path of the same list on the
    screen; `timeout` is in seconds. Columns in which no site has anything are left out. Raises what
    `core.pdf.make_pdf` raises.
    """
    network = require_network()
    rows = list(_rows(sites))
    paper = Paper(
        title=_("Sites"),
        subtitle=ngettext("%(count)s site", "%(count)s sites", len(rows)) % {"count": number(len(rows))},
        network=network.name,
        made_at=now,
        zone=network.time_zone,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        made_by=str(account),
        facts=filters,
        url=settings.SITE_URL.rstrip("/") + address,
        size=paper_size(network.country),
        landscape=True,
    )
    columns, rows, totals = _used(rows)
    return paper_pdf(TEMPLATE, {"columns": columns, "rows": rows, "totals": totals}, paper, timeout=timeout)


def _used(rows: list[list[Any]]) -> tuple[list[Column], list[list[Any]], list[Any]]:
    """Columns, rows and totals without the columns in which nothing stands: paper is narrow."""
    wanted = [
        number
        for number, column in enumerate(LIST_COLUMNS)
        if column.name in _ALWAYS or any(row[number] not in (None, "") for row in rows)
    ]
    totals = _totals(rows)
    columns = [LIST_COLUMNS[number] for number in wanted]
    return columns, [[row[number] for number in wanted] for row in rows], [totals[number] for number in wanted]


def _rows(sites: Any) -> Iterator[list[Any]]:
    kinds, statuses = dict(SiteKind.choices), dict(SiteStatus.choices)
    fields = (
        "code", "name", "kind", "status", "district__name", "address", "postcode", "town",
        "opened_on", "charger_count", "connector_count", "grid_kw",
    )  # fmt: skip
    for row in sites_with_counts(sites).values_list(*fields, named=True).iterator(chunk_size=2000):
        town = f"{row.postcode} {row.town}".strip()
        yield [
            row.code,
            row.name,
            kinds.get(row.kind, row.kind),
            State("site-status", row.status, statuses.get(row.status, row.status)),
            row.district__name,
            ", ".join(filter(None, [row.address, town])),
            row.opened_on,
            row.charger_count,
            row.connector_count,
            row.grid_kw,
        ]


def _totals(rows: Sequence[Sequence[Any]]) -> list[Any]:
    """The last line: how many sites, and the sums of what can be added up."""
    sums: list[Any] = [None] * len(LIST_COLUMNS)
    sums[0] = _("Total")
    for index, column in enumerate(LIST_COLUMNS):
        if column.kind == "number":
            sums[index] = sum(row[index] or 0 for row in rows)
    return sums
