"""Lists answer every address, hold no more queries for more rows, and export what they show."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.export import harmless
from core.parts import Link, State
from core.tenancy.scope import network_scope
from core.testing.base import CRUDBase, body, text_of

NONSENSE = ("\x00", "nonsense", "-1", "9" * 400, "1e999999", "NaN", "9999-12-31", "' OR 1=1 --", "x" * 5_000, "١٢")
OWN = ("page", "size", "sort", "columns", "after", "before", "q", "unknown", "format", "set")


class ListTests(CRUDBase):
    """The list and its exports."""

    def test_nonsense_in_the_address_is_answered(self, cast: Any, signed_in: Any) -> None:
        self.row(cast)
        client, filterset = signed_in(cast.director), self.views.filterset()
        for value in NONSENSE:
            for name in (*OWN, *(filterset.base_filters if filterset else ())):
                response = client.get(self.list_url(cast), {name: value}, headers={"HX-Request": "true"})
                assert response.status_code == 200, (name, value)

    def test_nonsense_in_the_address_of_an_export_is_answered(self, cast: Any, signed_in: Any) -> None:
        self.row(cast)
        client = signed_in(cast.director)
        for value in NONSENSE:
            for name in OWN:
                response = client.get(self.list_url(cast, "export"), {name: value})
                assert response.status_code in (200, 400), (name, value)

    def test_what_makes_no_sense_is_said(self, cast: Any, signed_in: Any) -> None:
        client = signed_in(cast.director)
        for name in ("page", "size", "sort", "columns", "unknown-thing"):
            shown = text_of(client.get(self.list_url(cast), {name: "gibberish"}))
            assert ("unknown-thing" if name == "unknown-thing" else "gibberish") in shown, name

    def test_every_column_can_be_shown_and_sorted_by(self, cast: Any, signed_in: Any) -> None:
        for number in (1, 2):
            self.row(cast, number)
        client = signed_in(cast.director)
        names = [column.name for column in self.views.resolved_columns()]
        response = client.get(self.list_url(cast), {"columns": ",".join(names)})
        assert {column.name for column in response.context["columns"]} == set(names)
        for column in response.context["columns"]:
            if column.sort_url:
                up = client.get(self.list_url(cast), {"sort": column.name}).context["rows"]
                down = client.get(self.list_url(cast), {"sort": f"-{column.name}"}).context["rows"]
                assert {row.url for row in up} == {row.url for row in down}, column.name

    def test_chosen_columns_are_remembered(self, cast: Any, signed_in: Any) -> None:
        client, names = signed_in(cast.director), [column.name for column in self.views.resolved_columns()]
        chosen = names[: max(1, len(names) - 1)]
        response = client.post(self.list_url(cast, "columns"), {"columns": chosen, "next": self.list_url(cast)})
        assert (response.status_code, response["Location"]) == (303, self.list_url(cast))
        assert [column.name for column in client.get(self.list_url(cast)).context["columns"]] == chosen
        client.post(self.list_url(cast, "columns"), {"reset": "1"})
        shown = [column.name for column in client.get(self.list_url(cast)).context["columns"]]
        assert set(shown) >= set(self.views.default_names())

    def test_choosing_columns_leads_nowhere_else(self, cast: Any, signed_in: Any) -> None:
        client = signed_in(cast.director)
        for target in ("https://example.org/", "//example.org/", "/networks/", "javascript:alert(1)"):
            response = client.post(self.list_url(cast, "columns"), {"next": target})
            assert response["Location"] == self.list_url(cast), target

    # --- Queries -----------------------------------------------------------------------------------------------------

    def queries(self, client: Any, url: str, **params: str) -> list[str]:
        """The statements of one page."""
        with CaptureQueriesContext(connection) as captured:
            body(client.get(url, params))
        return [query["sql"] for query in captured.captured_queries]

    def test_one_row_and_three_take_the_same_queries(self, cast: Any, signed_in: Any) -> None:
        client, url = signed_in(cast.director), self.list_url(cast)
        self.row(cast, 1)
        client.get(url)
        one = self.queries(client, url)
        self.row(cast, 2), self.row(cast, 3)
        three = self.queries(client, url)
        assert (len(one), len(three)) == (self.list_queries, self.list_queries), "\n".join(three)

    def test_all_columns_and_exports_take_the_same_queries_for_three_rows(self, cast: Any, signed_in: Any) -> None:
        client = signed_in(cast.director)
        names = ",".join(column.name for column in self.views.resolved_columns())
        pages = ((self.list_url(cast), {"columns": names}), (self.list_url(cast, "export"), {"set": "all"}))
        self.row(cast, 1)
        client.get(self.list_url(cast))
        before = [len(self.queries(client, url, **params)) for url, params in pages]
        self.row(cast, 2), self.row(cast, 3)
        assert [len(self.queries(client, url, **params)) for url, params in pages] == before

    # --- Exports -----------------------------------------------------------------------------------------------------

    def exported(self, client: Any, url: str, **params: str) -> list[list[str]]:
        """The lines of a CSV export, its head included."""
        return list(csv.reader(io.StringIO(body_raw(client.get(url, params)))))

    def test_the_export_holds_what_the_list_shows_in_its_order(self, cast: Any, signed_in: Any) -> None:
        for number in (1, 2, 3):
            self.row(cast, number)
        client, head = signed_in(cast.director), self.views.resolved_columns()[0]
        sorts = ["", *([head.name, f"-{head.name}"] if head.order else [])]
        for sort in sorts:
            context = client.get(self.list_url(cast), {"sort": sort}).context
            lines = self.exported(client, self.list_url(cast, "export"), sort=sort)
            assert len(lines[0]) == len(context["columns"])
            shown = [_plain(row.cells[0].value) for row in context["rows"]]
            assert [line[0] for line in lines[1:]] == shown

    def test_the_export_is_filtered_like_the_list(self, cast: Any, signed_in: Any) -> None:
        for number in (1, 2, 3):
            self.row(cast, number)
        client = signed_in(cast.director)
        params = {}
        if self.views.search_fields:
            with network_scope(cast.network):
                params = {"q": str(self.views.model.objects.values_list(self.views.search_fields[0], flat=True).last())}
        shown = client.get(self.list_url(cast), params).context["rows"]
        assert len(self.exported(client, self.list_url(cast, "export"), **params)) - 1 == len(shown) >= 1

    def test_all_columns_leave_as_csv_and_as_a_spreadsheet(self, cast: Any, signed_in: Any) -> None:
        self.row(cast, 1)
        client, names = signed_in(cast.director), self.views.resolved_columns()
        lines = self.exported(client, self.list_url(cast, "export"), set="all")
        response = client.get(self.list_url(cast, "export"), {"set": "all", "format": "xlsx"})
        sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]
        assert len(lines[0]) == len(names) == sheet.max_column
        assert [len(lines)] == [sheet.max_row]

    def test_a_filter_that_makes_no_sense_is_not_exported(self, cast: Any, signed_in: Any) -> None:
        response = signed_in(cast.director).get(self.list_url(cast, "export"), {"gibberish": "1"})
        assert response.status_code == 400
        assert "gibberish" in body(response)


def body_raw(response: Any) -> str:
    """The text of a CSV file as it is."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode("utf-8-sig"))


def _plain(value: Any) -> str:
    if isinstance(value, State | Link):
        value = value.label
    return "" if value is None else harmless(str(value))
