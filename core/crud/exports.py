"""The filtered list as CSV or XLSX: the same rows in the same order as the page, streamed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import export
from core.clock import day_of, now
from core.crud.columns import ResolvedColumn
from core.crud.listing import Listing, with_columns
from core.crud.lists import filter_problems, saved_columns
from core.crud.paging import count_up_to
from core.records import record
from core.tenancy.scope import network_scope, require_network

if TYPE_CHECKING:
    from core.crud.views import CRUDView

FORMAT, SET, ALL = "format", "set", "all"
MOST_XLSX_ROWS = 100_000
"""A spreadsheet is made before its first byte can be sent; more rows than this take too long for one answer."""
CHUNK = 2_000


def export_page(views: type[CRUDView], request: HttpRequest) -> HttpResponseBase:
    """The list at this address as a file; whatever in the address makes no sense is refused, never guessed."""
    listing = Listing(views, request, besides=(FORMAT, SET))
    extension, choice = request.GET.get(FORMAT, "csv"), request.GET.get(SET, "visible")
    problem = _problem(listing, extension, choice)
    if problem:
        return render(request, "400.html", {"reason": problem}, status=400)
    columns = listing.columns if choice == ALL else listing.shown(saved_columns(views, request))
    rows = with_columns(views, listing.sorted_rows(), columns)
    network = require_network()
    name = export.filename([network.slug, views.plural(), day_of(now(), network)], extension)
    if request.method == "HEAD":
        return export.as_download(HttpResponse(), name)
    # Before the first row leaves: a download that is broken off was an export too.
    after = {"list": views.list_name(), "format": extension, "rows": rows.order_by().count()}
    record("list.exported", summary=_filters_said(listing), after=after)
    heads = [_head(column) for column in columns]
    if extension == "csv":
        return export.as_download(StreamingHttpResponse(_stream_csv(network, heads, columns, rows)), name)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    export.write_xlsx(heads, _values(columns, rows), file, title=views.plural())
    file.seek(0)
    return export.as_download(FileResponse(file), name)


def _problem(listing: Listing, extension: str, choice: str) -> str:
    problems = [str(problem) for problem in listing.params.problems]
    problems += filter_problems(listing)
    if extension not in ("csv", "xlsx"):
        problems.append(_("Choose CSV or XLSX."))
    if choice not in ("visible", ALL):
        problems.append(_("Choose the visible columns or all of them."))
    if not problems and extension == "xlsx" and count_up_to(listing.rows(), MOST_XLSX_ROWS) > MOST_XLSX_ROWS:
        problems.append(_("A spreadsheet of more than 100,000 rows is too long: filter the list, or choose CSV."))
    return " ".join(problems)


def _filters_said(listing: Listing) -> str:
    """The list's name and the filters in force."""
    filterset = listing.filterset
    names = ", ".join(filterset.in_force) if filterset is not None else ""
    return f"{listing.views.plural()} ({names})" if names else listing.views.plural()


def _head(column: ResolvedColumn) -> export.Column:
    declared = column.declared
    return export.Column(column.name, column.label, column.kind, declared.unit, declared.decimals, column.currency)


def _values(columns: Sequence[ResolvedColumn], rows: Any) -> Iterator[list[Any]]:
    readers = [column.value for column in columns]
    for row in rows.iterator(chunk_size=CHUNK):
        yield [read(row) for read in readers]


def _stream_csv(
    network: Any, heads: Sequence[export.Column], columns: Sequence[ResolvedColumn], rows: Any
) -> Iterator[bytes]:
    """The pieces of the file. They are asked for when the request is over, so its surroundings are made anew."""
    around = surroundings(network, timezone.get_current_timezone(), translation.get_language())

    def pieces() -> Iterator[bytes]:
        with around, transaction.atomic():
            yield from export.stream_csv(heads, _values(columns, rows))

    return pieces()


@contextmanager
def surroundings(network: Any, zone: Any, language: str | None) -> Iterator[None]:
    """The network, time zone and language of a request, for what is sent after it."""
    with ExitStack() as stack:
        stack.enter_context(network_scope(network))
        stack.enter_context(timezone.override(zone))
        stack.enter_context(translation.override(language))
        yield
