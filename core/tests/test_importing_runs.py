"""Imports from the check to the undo: what they write, what they refuse, and that nothing is ever half done."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from core.clock import now
from core.importing import fields as f
from core.importing.actions import (
    ABANDONED_AFTER,
    ImportRefused,
    expire_imports,
    read_again,
    receive_file,
    start_apply,
    start_check,
)
from core.importing.files import NoSpace
from core.importing.importer import Field
from core.importing.mapping import MappingRefused
from core.importing.model_importer import ModelImporter, Reference
from core.importing.models import ImportChange, ImportIssue, ImportRun, ImportState
from core.importing.reading import Options
from core.importing.rows import Row, TooManyProblems
from core.importing.work import RowsWrong, options_of
from core.jobs.actions import run_job
from core.tenancy.scope import network_scope
from core.tests import importing_tools
from core.tests.importing_tools import (
    DistrictsByModel,
    DistrictsByRow,
    applied,
    checked,
    counts,
    district,
    districts,
    received,
    undone,
)
from security.models import WorkRecord
from stations.models import District, Site

BOTH = pytest.mark.parametrize("importer", [DistrictsByModel, DistrictsByRow])


@pytest.fixture(autouse=True)
def _importers(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    importing_tools.register_importers(monkeypatch)


@BOTH
def test_a_check_counts_and_writes_nothing(scoped: Any, importer: Any) -> None:
    district("OLD", "Old")
    run = checked(received(importer, "code;name\nOLD;New name\nN1;North\n"))
    assert (run.state, counts(run), districts()) == (ImportState.CHECKED, [1, 1, 0, 0, 0], [("OLD", "Old")])


@BOTH
def test_an_import_makes_and_changes_rows_with_their_history(scoped: Any, importer: Any) -> None:
    district("OLD", "Old")
    run = applied(received(importer, "code;name\nOLD;New name\nN1;North\n"))
    assert (run.state, counts(run)) == (ImportState.APPLIED, [1, 1, 0, 0, 0])
    assert districts() == [("N1", "North"), ("OLD", "New name")]
    assert list(District.history.order_by("history_id").values_list("code", "name", "history_type")) == [
        ("OLD", "Old", "+"),
        *sorted([("OLD", "New name", "~"), ("N1", "North", "+")], reverse=True),
    ]


@BOTH
def test_importing_the_same_file_again_changes_nothing(scoped: Any, importer: Any) -> None:
    content = "code;name\nN1;North\nS1;South\n"
    applied(received(importer, content))
    history = District.history.count()
    again = applied(received(importer, content))
    assert (counts(again), District.history.count()) == ([0, 0, 2, 0, 0], history)
    assert ImportChange.objects.filter(run=again).count() == 0


@BOTH
def test_one_wrong_row_keeps_all_rows_out(scoped: Any, importer: Any) -> None:
    run = checked(received(importer, "code;name\nN1;North\n;Lost\n"))
    with pytest.raises(RowsWrong, match="1 row is wrong, so nothing was imported"):
        applied(run)
    assert (districts(), ImportRun.objects.get().state) == ([], ImportState.CHECKED)


@BOTH
def test_the_good_rows_go_in_when_a_person_chose_to_leave_the_wrong_ones_out(scoped: Any, importer: Any) -> None:
    run = applied(received(importer, "code;name\nN1;North\n;Lost\n"), skip_wrong=True)
    assert (counts(run), districts()) == ([1, 0, 0, 0, 1], [("N1", "North")])


@BOTH
def test_the_same_row_twice_is_set_aside_once_with_the_number_of_the_other(scoped: Any, importer: Any) -> None:
    run = checked(received(importer, "code;name\nN1;North\nS1;South\nn1;North\n"))
    issue = ImportIssue.objects.get()
    assert (counts(run), issue.row_number, issue.reason, issue.message) == (
        [2, 0, 0, 1, 0],
        4,
        "repeated",
        "Row 2 says the same.",
    )


@BOTH
def test_rows_of_one_key_that_differ_are_wrong(scoped: Any, importer: Any) -> None:
    run = checked(received(importer, "code;name\nN1;North\nN1;Far North\n"))
    assert run.counts["reasons"]["wrong"].keys() == {"twice"}
    assert "Row 2 has the same key and says something else." in ImportIssue.objects.values_list("message", flat=True)


def test_each_step_can_be_repeated_without_another_effect(scoped: Any) -> None:
    run = applied(received(DistrictsByModel, "code;name\nN1;North\n"))
    assert applied(run).applied_at == run.applied_at
    assert checked(run).state == ImportState.APPLIED
    first = undone(run)
    assert undone(run).undone_at == first.undone_at
    assert District.history.count() == 2


def test_an_import_and_its_undo_are_recorded(scoped: Any) -> None:
    undone(applied(received(DistrictsByModel, "code;name\nN1;North\n")))
    verbs = WorkRecord.objects.filter(verb__startswith="import").order_by("pk").values_list("verb", "summary")
    assert list(verbs) == [
        ("import.received", "districts.csv"),
        ("import.applied", "districts.csv: new 1, changed 0, unchanged 0, aside 0, wrong 0"),
        ("import.undone", "districts.csv"),
    ]


def test_rows_are_judged_again_when_they_are_applied(scoped: Any) -> None:
    run = checked(received(DistrictsByModel, "code;name\nN1;North\n"))
    district("N1", "Somebody was quicker")
    assert counts(run) == [1, 0, 0, 0, 0]
    assert counts(applied(run)) == [0, 1, 0, 0, 0]


def test_a_failure_in_the_middle_leaves_nothing(scoped: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = checked(received(DistrictsByRow, "code;name\n" + "".join(f"N{n};North\n" for n in range(10))))
    real = DistrictsByRow.apply_batch

    def break_down(self: DistrictsByRow, batch: list[Row]) -> None:
        if any(row.values["code"] == "N7" for row in batch):
            raise RuntimeError("the disk burns")
        real(self, batch)

    monkeypatch.setattr(DistrictsByRow, "apply_batch", break_down)
    with pytest.raises(RuntimeError, match="burns"), transaction.atomic():
        applied(run)
    assert (districts(), ImportChange.objects.count()) == ([], 0)


def test_what_the_database_refuses_is_said_with_its_rule(scoped: Any) -> None:
    class Careless(DistrictsByRow):
        name = "careless"

        def classify_batch(self, batch: list[Row]) -> None:
            for row in batch:
                row.new()

    importing_tools.registry.register(Careless)
    with pytest.raises(ImportRefused, match="rule “district_code_once”; nothing was changed"):
        applied(received(Careless, "code;name\nN1;North\nN1;South\n"))
    assert districts() == []


def test_values_that_the_model_would_not_take_are_wrong_rows(scoped: Any) -> None:
    run = checked(received(DistrictsByModel, f"code;name\nno code!;North\nN1;{'x' * 121}\n"))
    found = {issue.column: issue.message for issue in ImportIssue.objects.all()}
    assert counts(run) == [0, 0, 0, 0, 2]
    assert "is not a code" in found["code"]
    assert "at most 120 are kept" in found["name"]


def test_a_remark_is_kept_about_a_row_that_is_taken(scoped: Any) -> None:
    run = applied(received(DistrictsByRow, "code;name\nN1;North~\nS1;South\n"))
    issue = ImportIssue.objects.get()
    assert (counts(run), run.counts["noted"], run.counts["reasons"]["noted"]) == ([2, 0, 0, 0, 0], 1, {"doubtful": 1})
    assert (issue.row_number, issue.kind, issue.column, issue.message) == (2, "noted", "name", "The name is doubtful")


def test_a_column_that_the_file_does_not_have_keeps_its_values(scoped: Any) -> None:
    row = District(code="N1", name="North", outline={"type": "Polygon"})
    row.save()
    applied(received(DistrictsByModel, "code;name\nN1;Far North\n"))
    row.refresh_from_db()
    assert (row.name, row.outline) == ("Far North", {"type": "Polygon"})


class Sites(ModelImporter):
    """Sites by code, with the district they lie in."""

    name = "test-sites"
    title = "Sites"
    permission = "stations.import_site"
    model = Site
    key = ("code",)
    references = {"district": Reference(District, upper=True)}
    fields = [
        Field("code", "Code", required=True, parse=f.text(upper=True)),
        Field("name", "Name", required=True),
        Field("district", "District"),
    ]


def test_a_reference_is_found_by_its_code_and_an_unknown_one_is_wrong(scoped: Any) -> None:
    importing_tools.registry.register(Sites)
    district("N1", "North")
    run = applied(received(Sites, "code;name;district\nX1;One;n1\nX2;Two;N9\nX3;Three;\n"), skip_wrong=True)
    issue = ImportIssue.objects.get()
    assert counts(run) == [2, 0, 0, 0, 1]
    assert (issue.column, issue.reason, issue.message) == (
        "district",
        "unknown",
        "There is no district of this name or code.",
    )
    assert list(Site.objects.filter(code__startswith="X").order_by("code").values_list("code", "district__name")) == [
        ("X1", "North"),
        ("X3", None),
    ]


def test_a_reference_of_another_network_is_unknown(cast: Any) -> None:
    importing_tools.registry.register(Sites)
    with network_scope(cast.other):
        district("N1", "North of the others")
    with network_scope(cast.network):
        run = checked(received(Sites, "code;name;district\nX1;One;N1\n"))
        assert counts(run) == [0, 0, 0, 0, 1]


def test_an_import_into_one_network_does_not_see_rows_of_another(cast: Any) -> None:
    with network_scope(cast.other):
        district("N1", "North of the others")
    with network_scope(cast.network):
        assert counts(applied(received(DistrictsByModel, "code;name\nN1;North\n"))) == [1, 0, 0, 0, 0]
    with network_scope(cast.other):
        assert districts() == [("N1", "North of the others")]


def test_the_mapping_must_decide_on_every_column(scoped: Any) -> None:
    with pytest.raises(MappingRefused, match="Choose what the column “note” means, or to ignore it."):
        received(DistrictsByModel, "code;name;note\nN1;North;x\n")
    received(DistrictsByModel, "code;name;note\nN1;North;x\n", mapping={"note": ""})


def test_options_that_make_no_sense_are_refused(scoped: Any) -> None:
    with pytest.raises(ImportRefused, match="prefix"):
        received(DistrictsByRow, "code;name\nN1;North\n", options={"prefix": "too long"})


def test_nobody_imports_without_the_right(scoped: Any) -> None:
    with pytest.raises(ImportRefused, match="You do not have the right"):
        received(DistrictsByModel, "code;name\nN1;North\n", actor=scoped.operator)


def test_a_job_whose_actor_lost_the_right_does_nothing(scoped: Any) -> None:
    run = checked(received(DistrictsByModel, "code;name\nN1;North\n", actor=scoped.director))
    run = start_apply(run=run, skip_wrong=False, actor=scoped.director, now=now())
    run.job.actor = scoped.auditor
    run.job.save()
    assert (run_job(job_id=run.job.pk), districts()) == ("failed", [])


def test_a_job_that_fails_puts_the_import_back_and_says_why(scoped: Any) -> None:
    run = checked(received(DistrictsByModel, "code;name\nN1;North\n", actor=scoped.director))
    run = start_apply(run=run, skip_wrong=False, actor=scoped.director, now=now())
    Path(run.file.path).unlink()
    run_job(job_id=run.job.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == (ImportState.CHECKED, "The file of this import is no longer kept.")


def test_a_check_that_fails_is_shown_as_failed_and_can_be_tried_again(scoped: Any) -> None:
    run = received(DistrictsByModel, "code;name\n" + "N1;North\n" * 500 + 'N2;"open\n', actor=scoped.director)
    run = start_check(run=run, actor=scoped.director, now=now())
    run_job(job_id=run.job.pk)
    run.refresh_from_db()
    assert (run.state, run.error.startswith("Line 502: A quotation mark")) == (ImportState.FAILED, True)
    assert start_check(run=run, actor=scoped.director, now=now()).state == ImportState.CHECKING


def test_a_file_that_is_read_anew_must_be_checked_anew(scoped: Any) -> None:
    run = checked(received(DistrictsByModel, "code;name\n;Lost\n", actor=scoped.director))
    run = read_again(run=run, reading=Options(delimiter=";"), actor=scoped.director)
    assert (run.state, run.counts, ImportIssue.objects.count()) == (ImportState.UPLOADED, {}, 0)
    with pytest.raises(ImportRefused, match="Check the file first"):
        start_apply(run=run, skip_wrong=True, actor=scoped.director, now=now())


def test_an_option_that_nobody_gave_has_its_usual_value(scoped: Any) -> None:
    run = received(DistrictsByRow, "code;name\nN1;North\n")
    assert options_of(run) == {"prefix": "", "careful": True}
    run = received(DistrictsByRow, "code;name\nN1;North\n", options={"careful": ""})
    assert options_of(run)["careful"] is False


def test_a_job_that_is_cancelled_puts_the_import_back(scoped: Any) -> None:
    run = checked(received(DistrictsByModel, "code;name\nN1;North\n", actor=scoped.director))
    run = start_apply(run=run, skip_wrong=False, actor=scoped.director, now=now())
    run.job.cancel_requested = True
    run.job.save()
    run_job(job_id=run.job.pk)
    run.refresh_from_db()
    assert (run.job.state, districts()) == ("cancelled", [])
    assert start_apply(run=run, skip_wrong=False, actor=scoped.director, now=now()).job.state == "waiting"


def test_a_file_is_not_taken_in_when_the_disk_is_nearly_full(scoped: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = importing_tools.disk_usage(free=100_000_000)
    monkeypatch.setattr("core.importing.files.shutil.disk_usage", lambda path: usage)
    with pytest.raises(NoSpace, match="The disk has 100 MB left"):
        received(DistrictsByModel, "code;name\nN1;North\n")


def test_a_file_above_the_limit_of_the_installation_is_refused(scoped: Any, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 10
    with pytest.raises(importing_tools.UnreadableFile, match="at most 0.0 MB are read"):
        received(DistrictsByModel, "code;name\nN1;North\n")


def test_far_too_many_problems_end_a_check(scoped: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.importing.rows.MAX_PROBLEM_ROWS", 5)
    with pytest.raises(TooManyProblems):
        checked(received(DistrictsByModel, "code;name\n" + ";Lost\n" * 6))


def test_old_files_and_means_of_undoing_are_let_go(scoped: Any) -> None:
    waiting = checked(received(DistrictsByModel, "code;name\nS1;South\n"))
    done = applied(received(DistrictsByModel, "code;name\nN1;North\n"))
    assert expire_imports(now=now() + timedelta(hours=23)) == 0
    assert expire_imports(now=now() + ABANDONED_AFTER + timedelta(minutes=1)) == 1
    waiting.refresh_from_db()
    assert (waiting.state, bool(waiting.file)) == (ImportState.CANCELLED, False)
    assert (ImportChange.objects.filter(run=done).count(), bool(ImportRun.objects.get(pk=done.pk).file)) == (0, True)


def test_five_thousand_rows_show_every_error_within_ten_seconds(scoped: Any) -> None:
    lines = "".join(f"D{n};{'' if n % 2 else 'x' * 130}\n" for n in range(5_000))
    run = received(DistrictsByModel, "code;name\n" + lines)
    begun = time.monotonic()
    run = checked(run)
    assert time.monotonic() - begun < 10
    assert (counts(run), run.issue_count) == ([0, 0, 0, 0, 5_000], 5_000)
    assert list(ImportIssue.objects.order_by("ordinal").values_list("row_number", "column", "reason")[:2]) == [
        (2, "name", "value"),
        (3, "name", "empty"),
    ]


def test_a_source_name_is_kept_in_full_length_only(scoped: Any) -> None:
    sent = importing_tools.upload("districts.csv", "code;name\nN1;North\n")
    run = receive_file(importer=DistrictsByModel, sent=sent, source_name="x" * 200, actor=None, now=now())
    assert len(run.source_name) == 80
