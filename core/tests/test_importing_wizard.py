"""The wizard's pages, from the upload to the undo, and who may use them."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.importing import importer as registry
from core.importing.models import ImportMapping, ImportRun, ImportState
from core.importing.reading import open_table
from core.jobs.actions import run_job
from core.tenancy.scope import network_scope
from core.tests import importing_tools
from core.tests.importing_tools import DistrictsByModel, DistrictsByRow
from stations.models import District

GOOD = "code;name\nN1;North\nS1;South\n"
MIXED = "code;name;note\nN1;North;\nS1;South?;\n;Lost;\nW1;West!;\n"
URL = "/n/harbour/imports/"
LIST_QUERIES = 9


@pytest.fixture(autouse=True)
def _one_importer(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(registry, "_importers", {})
    registry.register(DistrictsByRow)


@pytest.fixture
def director(cast: Any, signed_in: Any) -> Client:
    return signed_in(cast.director)


def upload(client: Client, content: str, name: str = "districts.csv", **fields: str) -> Any:
    file = SimpleUploadedFile(name, content.encode())
    return client.post(f"{URL}new/test-districts-by-row/", {"file": file, **fields})


def run_jobs(cast: Any) -> ImportRun:
    """Do what the workers would do, and give the newest import."""
    with network_scope(cast.network):
        run = ImportRun.objects.first()
        if run.job is not None:
            run_job(job_id=run.job.pk)
        return ImportRun.objects.get(pk=run.pk)


def checked(client: Client, cast: Any, content: str, **columns: str) -> ImportRun:
    """An import whose check has run."""
    page = upload(client, content).url
    choices = {"map-column_0": "code", "map-column_1": "name", "map-column_2": "-", **columns}
    assert client.post(page, choices).status_code == 302
    return run_jobs(cast)


def page_of(run: ImportRun) -> str:
    return f"{URL}{run.number}/"


def districts(cast: Any) -> list[tuple[str, str]]:
    with network_scope(cast.network):
        return list(District.objects.order_by("code").values_list("code", "name"))


def test_a_file_goes_in_by_upload_columns_check_and_import(cast: Any, director: Client) -> None:
    run = checked(director, cast, GOOD)
    assert (run.state, run.counts["new"], run.wrong) == (ImportState.CHECKED, 2, 0)
    assert districts(cast) == []
    director.post(page_of(run) + "apply/")
    assert run_jobs(cast).state == ImportState.APPLIED
    assert districts(cast) == [("N1", "North"), ("S1", "South")]


def test_a_single_importer_needs_no_choice(director: Client, cast: Any) -> None:
    assert director.get(f"{URL}new/").url == f"{URL}new/test-districts-by-row/"


def test_several_importers_are_offered_with_their_addresses(director: Client, cast: Any) -> None:
    registry.register(DistrictsByModel)
    page = director.get(f"{URL}new/").content.decode()
    assert f'href="{URL}new/test-districts/"' in page
    assert f'href="{URL}new/test-districts-by-row/"' in page


def test_the_columns_page_shows_what_was_detected_and_proposes_known_names(cast: Any, director: Client) -> None:
    page = director.get(upload(director, MIXED).url).content.decode()
    assert "UTF-8" in page
    assert re.search(r'<option value="code" selected>', page)
    assert re.search(r'<option value="\?" selected>', page)


def test_a_column_that_was_not_decided_on_is_an_error_at_that_column(cast: Any, director: Client) -> None:
    address = upload(director, MIXED).url
    answer = director.post(address, {"map-column_0": "code", "map-column_1": "name", "map-column_2": "?"})
    assert answer.status_code == 422
    assert "Choose what the column “note” means, or to ignore it." in answer.content.decode()


def test_a_field_told_by_two_columns_and_one_without_a_column_are_errors(cast: Any, director: Client) -> None:
    address = upload(director, MIXED).url
    answer = director.post(address, {"map-column_0": "code", "map-column_1": "code", "map-column_2": "-"})
    text = answer.content.decode()
    assert "“Code” is told by several columns: “code”, “name”." in text
    assert "“Name” needs a column." in text


def test_the_columns_of_a_source_are_remembered(cast: Any, director: Client) -> None:
    first = upload(director, "id;district;note\nN1;North;\n", source_name="City").url
    director.post(first, {"map-column_0": "code", "map-column_1": "name", "map-column_2": "-"})
    with network_scope(cast.network):
        assert ImportMapping.objects.get().mapping == {"id": "code", "district": "name", "note": ""}
    second = upload(director, "note;district;id\n;South;S1\n", source_name="City").url
    page = director.get(second).content.decode()
    assert re.findall(r'<option value="([^"]*)" selected>', page)[-3:] == ["-", "name", "code"]


def test_the_preview_lists_every_error_by_row_and_column(cast: Any, director: Client) -> None:
    run = checked(director, cast, MIXED)
    page = director.get(page_of(run))
    assert [[cell.value for cell in row.cells][2:] for row in page.context["issue_rows"]] == [
        ["name", "South?", "The name is doubtful"],
        ["code", "", "A value is needed here."],
        ["name", "West!", "Too loud."],
    ]
    assert [row.cells[0].value for row in page.context["issue_rows"]] == ["3", "4", "5"]
    assert [(name, count) for name, _label, count in page.context["counts"]] == [
        ("new", 1),
        ("changed", 0),
        ("unchanged", 0),
        ("aside", 1),
        ("wrong", 2),
    ]


def test_remarks_can_be_narrowed_to_wrong_rows(cast: Any, director: Client) -> None:
    run = checked(director, cast, MIXED)
    page = director.get(page_of(run), {"kind": "wrong"})
    assert [row.cells[0].value for row in page.context["issue_rows"]] == ["4", "5"]


def test_wrong_rows_stop_an_import_unless_they_are_left_out_on_purpose(cast: Any, director: Client) -> None:
    run = checked(director, cast, MIXED)
    answer = director.post(page_of(run) + "apply/", follow=True)
    assert "Rows are wrong. Mend the file, or choose to import the good rows only." in answer.content.decode()
    director.post(page_of(run) + "apply/", {"skip_wrong": "on"})
    assert run_jobs(cast).state == ImportState.APPLIED
    assert districts(cast) == [("N1", "North")]


def test_the_rows_left_out_can_be_downloaded_mended_and_sent_again(cast: Any, director: Client, tmp_path: Any) -> None:
    run = checked(director, cast, MIXED)
    answer = director.get(page_of(run) + "left-out.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines == [
        "_row,_reason,code,name,note",
        "3,Set aside: name: The name is doubtful,S1,South?,",
        "4,code: A value is needed here.,,Lost,",
        "5,name: Too loud.,W1,West!,",
    ]
    mended = "\n".join(lines).replace(",,Lost", ",L1,Lost").replace("West!", "West")
    again = director.get(upload(director, mended).url).content.decode()
    assert re.findall(r'<option value="([^"]*)" selected>', again)[-5:-1] == ["-", "-", "code", "name"]


def test_the_rows_left_out_come_as_a_workbook_too(cast: Any, director: Client, tmp_path: Any) -> None:
    run = checked(director, cast, MIXED)
    answer = director.get(page_of(run) + "left-out.xlsx")
    path = tmp_path / "left.xlsx"
    path.write_bytes(b"".join(answer.streaming_content))
    assert [row.values["_row"] for row in open_table(path).rows()] == ["3", "4", "5"]


def test_an_import_is_undone_after_a_question(cast: Any, director: Client) -> None:
    run = checked(director, cast, GOOD)
    director.post(page_of(run) + "apply/")
    run_jobs(cast)
    question = director.get(page_of(run) + "undo/")
    (consequence,) = question.context["consequences"]
    assert (str(consequence.label), consequence.effect, consequence.count) == ("districts", "removed", 2)
    director.post(page_of(run) + "undo/")
    assert run_jobs(cast).state == ImportState.UNDONE
    assert districts(cast) == []


def test_the_question_before_an_undo_says_why_it_cannot_be(cast: Any, director: Client) -> None:
    run = checked(director, cast, GOOD)
    director.post(page_of(run) + "apply/")
    run_jobs(cast)
    with network_scope(cast.network):
        district = District.objects.get(code="N1")
        district.name = "Far North"
        district.save()
    question = director.get(page_of(run) + "undo/")
    assert question.context["blockers"] == ["1 district was changed since: Far North."]


def test_a_running_step_is_shown_and_the_page_comes_anew_when_it_ends(cast: Any, director: Client) -> None:
    address = upload(director, GOOD).url
    director.post(address, {"map-column_0": "code", "map-column_1": "name"})
    with network_scope(cast.network):
        run = ImportRun.objects.get()
    progress = page_of(run) + "progress/"
    assert f'hx-get="{progress}"' in director.get(page_of(run)).content.decode()
    assert director.get(progress).status_code == 200
    run_jobs(cast)
    assert director.get(progress)["HX-Refresh"] == "true"


def test_a_waiting_step_can_be_stopped_and_the_import_given_up(cast: Any, director: Client) -> None:
    address = upload(director, GOOD).url
    director.post(address, {"map-column_0": "code", "map-column_1": "name"})
    with network_scope(cast.network):
        run = ImportRun.objects.get()
    director.post(page_of(run) + "stop/")
    director.post(page_of(run) + "cancel/")
    with network_scope(cast.network):
        stopped = ImportRun.objects.get()
    assert (stopped.state, bool(stopped.file)) == (ImportState.CANCELLED, False)


def test_a_file_that_is_no_table_is_refused_beside_the_field_and_not_kept(
    cast: Any, director: Client, tmp_path: Any
) -> None:
    answer = upload(director, "\n\n")
    assert (answer.status_code, "All rows are empty." in answer.content.decode()) == (422, True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_can_be_read_in_another_way(cast: Any, director: Client) -> None:
    address = upload(director, "code;name;kWh;kWh\nN1;North;1;2\n", number_repeated="on").url
    with network_scope(cast.network):
        run = ImportRun.objects.get()
    assert run.columns == ["code", "name", "kWh", "kWh (2)"]
    director.post(page_of(run) + "read/", {"read-delimiter": "|", "read-header_row": "0"})
    with network_scope(cast.network):
        assert ImportRun.objects.get().columns == ["column 1"]
    assert director.get(address).status_code == 200


def test_the_list_shows_imports_with_their_counts(cast: Any, director: Client) -> None:
    run = checked(director, cast, MIXED)
    page = director.get(URL).content.decode()
    assert run.number in page
    assert "Districts, row by row" in page


def test_the_list_asks_the_database_equally_often_for_one_and_for_three_imports(
    cast: Any, director: Client, django_assert_num_queries: Any
) -> None:
    for imports in (1, 3):
        with network_scope(cast.network):
            for number in range(ImportRun.objects.count(), imports):
                importing_tools.received(DistrictsByRow, f"code;name\nN{number};North\n", actor=cast.director)
        director.get(URL)
        with django_assert_num_queries(LIST_QUERIES):
            director.get(URL)


@pytest.mark.parametrize(("who", "status"), [("operator", 403), ("auditor", 403), ("stranger", 404), ("nobody", 404)])
def test_only_those_with_the_right_may_send_a_file(cast: Any, signed_in: Any, who: str, status: int) -> None:
    assert upload(signed_in(getattr(cast, who)), GOOD).status_code == status


@pytest.mark.parametrize("step", ["check", "apply", "stop", "cancel", "undo", "read"])
def test_an_auditor_sees_an_import_but_carries_nothing_on(
    cast: Any, director: Client, signed_in: Any, step: str
) -> None:
    run = checked(director, cast, GOOD)
    auditor = signed_in(cast.auditor)
    assert auditor.get(page_of(run)).status_code == 200
    assert auditor.post(f"{page_of(run)}{step}/").status_code == 403


def test_an_import_of_another_network_is_not_there(cast: Any, director: Client, signed_in: Any) -> None:
    run = checked(director, cast, GOOD)
    stranger = signed_in(cast.stranger)
    paths = ["", "columns/", "progress/", "undo/", "left-out.csv"]
    assert [stranger.get(f"/n/hill/imports/{run.number}/{path}").status_code for path in paths] == [404] * len(paths)


def test_files_lie_below_the_folder_of_their_network(cast: Any, director: Client) -> None:
    run = checked(director, cast, GOOD)
    assert run.file.name.startswith(f"{cast.network.pk}/imports/")
    assert io.BytesIO(run.file.read()).getvalue() == GOOD.encode()
