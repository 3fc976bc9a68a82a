"""`manage.py import`: the wizard's work from the command line."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.importing.fields import Preset
from core.importing.models import ImportRun
from core.tenancy.scope import network_scope
from core.tests import importing_tools
from core.tests.importing_tools import DistrictsByRow, workbook, written
from stations.models import District


@pytest.fixture(autouse=True)
def _importers(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    importing_tools.register_importers(monkeypatch)


def run_import(*arguments: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command("import", *map(str, arguments), network="harbour", stdout=out, no_color=True, **options)
    return out.getvalue()


def districts(cast: Any) -> list[tuple[str, str]]:
    with network_scope(cast.network):
        return list(District.objects.order_by("code").values_list("code", "name"))


def test_files_are_imported_one_by_one_with_their_counts(cast: Any, tmp_path: Path) -> None:
    first = written(tmp_path, "code;name\nN1;North\nS1;South?\n", "one.csv")
    second = written(tmp_path, "code;name\nN1;North\nW1;West\n", "two.csv")
    lines = run_import("test-districts-by-row", first, second).splitlines()
    assert districts(cast) == [("N1", "North"), ("W1", "West")]
    assert [line.split() for line in lines if line.startswith("  ")][:6] == [
        ["new", "1"],
        ["changed", "0"],
        ["unchanged", "0"],
        ["aside", "1"],
        ["1", "doubtful:", "The", "name", "is", "doubtful"],
        ["wrong", "0"],
    ]


def test_a_dry_run_writes_nothing(cast: Any, tmp_path: Path) -> None:
    answer = run_import("test-districts", written(tmp_path, "code;name\nN1;North\n"), dry_run=True)
    assert ("new                1" in answer, districts(cast)) == (True, [])


def test_wrong_rows_are_listed_and_nothing_goes_in(cast: Any, tmp_path: Path) -> None:
    path = written(tmp_path, "code;name\nN1;North\n;Lost\n")
    with pytest.raises(CommandError, match="1 row is wrong, so nothing was imported"):
        run_import("test-districts", path)
    assert districts(cast) == []
    assert "row 3, code: A value is needed here." in run_import("test-districts", path, skip_wrong=True)
    assert districts(cast) == [("N1", "North")]


def test_columns_are_mapped_and_ignored_by_name(cast: Any, tmp_path: Path) -> None:
    path = written(tmp_path, "Kürzel;Bezirk;x=y\nN1;Nord;1\n")
    with pytest.raises(CommandError, match="Use --map COLUMN=FIELD"):
        run_import("test-districts", path)
    run_import("test-districts", path, map=["Kürzel=code", "Bezirk=name", "x=y="])
    assert districts(cast) == [("N1", "Nord")]


def test_a_mapping_is_remembered_for_the_source(cast: Any, tmp_path: Path) -> None:
    path = written(tmp_path, "Kürzel;Bezirk\nN1;Nord\n")
    run_import("test-districts", path, map=["Kürzel=code", "Bezirk=name"], source="City")
    run_import("test-districts", written(tmp_path, "Bezirk;Kürzel\nSüd;S1\n"), source="City")
    assert districts(cast) == [("N1", "Nord"), ("S1", "Süd")]


def test_columns_that_nothing_is_known_of_can_be_ignored_together(cast: Any, tmp_path: Path) -> None:
    run_import("test-districts", written(tmp_path, "code;name;a;b\nN1;North;1;2\n"), ignore_unknown=True)
    assert districts(cast) == [("N1", "North")]


def test_the_way_of_reading_can_be_said(cast: Any, tmp_path: Path) -> None:
    path = written(tmp_path, workbook([["x"], ["1"]], Other=[["code", "name"], ["N1", "North"]]), "book.xlsx")
    run_import("test-districts", path, read=["sheet=Other"])
    assert districts(cast) == [("N1", "North")]


def test_a_preset_says_how_its_files_are_read_and_mapped(
    cast: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preset = Preset("Maker", {"No": "code", "Town": "name"}, ignored=("x",), reading={"sheet": "*"})
    monkeypatch.setattr(DistrictsByRow, "presets", (preset,))
    rows = [["No", "Town", "x"], ["N1", "North", 1]]
    path = written(tmp_path, workbook(rows, Other=[["No", "Town", "x"], ["S1", "South", 1]]), "book.xlsx")
    run_import("test-districts-by-row", path)
    assert districts(cast) == [("N1", "North"), ("S1", "South")]


def test_the_account_stands_in_the_import(cast: Any, tmp_path: Path) -> None:
    run_import("test-districts", written(tmp_path, "code;name\nN1;North\n"), account=cast.director.email)
    with network_scope(cast.network):
        assert ImportRun.objects.get().applied_by == cast.director


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (["nothing", "x.csv"], {}, "There is no importer 'nothing'; known are: test-districts, test-districts-by-row"),
        (["test-districts", "missing.csv"], {}, "is not a file"),
        (["test-districts", __file__], {"account": "nobody@nowhere"}, "There is no account"),
        (["test-districts", __file__], {"map": ["code"]}, "is not of the form NAME=VALUE"),
        (["test-districts", __file__], {"read": ["colour=blue"]}, "There is no way of reading called colour"),
    ],
)
def test_what_makes_no_sense_is_said(cast: Any, arguments: list[str], options: dict[str, Any], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run_import(*arguments, **options)


def test_a_network_that_does_not_exist_is_said(db: None) -> None:
    with pytest.raises(CommandError, match="There is no network 'nowhere'"):
        call_command("import", "test-districts", __file__, network="nowhere")
