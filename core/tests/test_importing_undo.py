"""Undoing an import: everything comes back, or a person learns why it cannot."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.importing.models import ImportState
from core.importing.work import CannotUndo, undo_import
from core.tests import importing_tools
from core.tests.importing_tools import (
    DistrictsByModel,
    DistrictsByRow,
    applied,
    counts,
    district,
    districts,
    received,
    undone,
)
from stations.models import District

BOTH = pytest.mark.parametrize("importer", [DistrictsByModel, DistrictsByRow])


@pytest.fixture(autouse=True)
def _importers(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    importing_tools.register_importers(monkeypatch)


@BOTH
def test_an_undo_takes_everything_back_and_keeps_the_history(scoped: Any, importer: Any) -> None:
    district("OLD", "Old")
    run = undone(applied(received(importer, "code;name\nOLD;New name\nN1;North\n")))
    assert (run.state, districts()) == (ImportState.UNDONE, [("OLD", "Old")])
    assert District.history.filter(code="N1", history_type="-").count() == 1
    assert District.history.filter(code="OLD").order_by("history_id").last().name == "Old"


def test_an_undo_brings_every_column_back_as_it_was(scoped: Any) -> None:
    outline = {"type": "Polygon", "coordinates": [[[0.5, 1], [2, 3]]], "note": "“é” \\ 中"}
    row = District(code="OLD", name="Old", outline=outline)
    row.save()
    undone(applied(received(DistrictsByModel, "code;name\nOLD;New\n")))
    row.refresh_from_db()
    assert (row.name, row.outline) == ("Old", outline)


def test_a_file_can_be_imported_again_after_its_undo(scoped: Any) -> None:
    content = "code;name\nN1;North\n"
    undone(applied(received(DistrictsByModel, content)))
    assert counts(applied(received(DistrictsByModel, content))) == [1, 0, 0, 0, 0]


def test_an_undo_is_refused_when_rows_were_changed_since(scoped: Any) -> None:
    run = applied(received(DistrictsByModel, "code;name\nN1;North\nS1;South\n"))
    changed = District.objects.get(code="N1")
    changed.name = "Far North"
    changed.save()
    with pytest.raises(CannotUndo, match="1 district was changed since: Far North."):
        undone(run)
    assert districts() == [("N1", "Far North"), ("S1", "South")]


def test_an_undo_is_refused_when_a_later_import_changed_the_same_rows(scoped: Any) -> None:
    first = applied(received(DistrictsByModel, "code;name\nN1;North\n"))
    second = applied(received(DistrictsByModel, "code;name\nN1;Far North\n"))
    with pytest.raises(CannotUndo, match="changed since"):
        undone(first)
    undone(second)
    assert districts() == [("N1", "North")]


def test_an_undo_is_refused_when_rows_were_deleted_since(scoped: Any) -> None:
    run = applied(received(DistrictsByModel, "code;name\nN1;North\n"))
    District.objects.get(code="N1").delete()
    with pytest.raises(CannotUndo, match="1 district was deleted since."):
        undone(run)


def test_an_undo_is_refused_when_other_rows_refer_to_imported_ones(scoped: Any) -> None:
    run = applied(received(DistrictsByModel, "code;name\nN1;North\n"))
    scoped.site.district = District.objects.get(code="N1")
    scoped.site.save()
    with pytest.raises(CannotUndo, match="1 site made since refers to imported districts."):
        undone(run)


def test_an_undo_is_refused_after_24_hours(scoped: Any) -> None:
    run = applied(received(DistrictsByModel, "code;name\nN1;North\n"))
    with pytest.raises(CannotUndo, match="The 24 hours"):
        undo_import(run=run, actor=None, now=run.applied_at + timedelta(hours=24))
    undo_import(run=run, actor=None, now=run.applied_at + timedelta(hours=23, minutes=59))


def test_an_undo_that_the_database_refuses_changes_nothing(scoped: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = applied(received(DistrictsByModel, "code;name\nN1;North\nS1;South\n"))
    # As if somebody had referred to the district between the look and the deed.
    monkeypatch.setattr("core.importing.work.undo_blockers", lambda run, lock: [])
    scoped.site.district = District.objects.get(code="S1")
    scoped.site.save()
    with pytest.raises(CannotUndo, match="The database refused this by its rule .*; nothing was changed"):
        undone(run)
    assert districts() == [("N1", "North"), ("S1", "South")]
