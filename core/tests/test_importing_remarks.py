"""Remarks on rows that are taken: counted and shown beside the others, never in the way."""

from __future__ import annotations

from typing import Any

import pytest

from core.clock import now
from core.importing import importer as registry
from core.importing.importer import Row
from core.importing.issues import issues_by_row
from core.importing.models import ImportIssue, ImportRun
from core.importing.work import apply_file, check_file
from core.tenancy.scope import network_scope
from core.tests.importing_tools import DistrictsByRow, received


class RemarkingDistricts(DistrictsByRow):
    """Remarks on names with a "#"."""

    name = "test-remarking-districts"
    reasons = {**DistrictsByRow.reasons, "odd": "The name is odd", "long": "The name is long"}

    def parse_row(self, row: Row) -> None:
        super().parse_row(row)
        if "#" in row.values["name"]:
            row.remark("odd", field="name")
        if len(row.values["name"]) > 8:
            row.remark("long", "Nine letters or more.", field="name")


@pytest.fixture(autouse=True)
def _one_importer(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(registry, "_importers", {})
    registry.register(RemarkingDistricts)


def checked(rows: str) -> ImportRun:
    return check_file(run=received(RemarkingDistricts, f"code;name\n{rows}"), actor=None, now=now())


def noted(run: ImportRun) -> list[tuple[int, str, str, str]]:
    issues = ImportIssue.objects.filter(run=run, kind="noted")
    return list(issues.values_list("row_number", "column", "reason", "message"))


def test_a_remarked_row_stays_what_it_is(scoped: Any) -> None:
    run = checked("N1;North#\nS1;South\n")

    assert (run.counts["new"], run.counts["noted"], run.counts["aside"]) == (2, 1, 0)
    assert noted(run) == [(2, "name", "odd", "The name is odd")]
    assert run.total == 2


def test_a_row_counts_once_for_each_of_its_remarks(scoped: Any) -> None:
    run = checked("N1;North Bank#\nS1;South Bank\n")

    assert (run.counts["noted"], run.counts["reasons"]["noted"]) == (2, {"long": 2, "odd": 1})


def test_a_wrong_row_has_no_remarks(scoped: Any) -> None:
    run = checked("N1;North!#\n")

    assert (run.counts["wrong"], run.counts["noted"], noted(run)) == (1, 0, [])


def test_a_remark_keeps_nothing_from_being_imported(scoped: Any) -> None:
    run = checked("N1;North#\n")

    assert apply_file(run=run, actor=None, now=now()).counts["new"] == 1


def test_remarked_rows_are_not_among_those_left_out(scoped: Any) -> None:
    run = checked("N1;North#\nS1;South?\n")

    assert [ordinal for ordinal, _issues in issues_by_row(run)] == [2]
    assert run.left_out == 1


def test_remarks_are_shown_and_can_be_looked_at_alone(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        run = checked("N1;North#\nS1;South?\n")
    client = signed_in(cast.director)
    page = f"/n/harbour/imports/{run.number}/"

    assert "The name is odd" in client.get(page).content.decode()
    alone = client.get(f"{page}?kind=noted").context["issue_rows"]
    assert len(alone) == 1
