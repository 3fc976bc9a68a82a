"""What the tests of imports share: files made on the spot, and two importers of districts."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from core.clock import now
from core.importing import fields as f
from core.importing import importer as registry
from core.importing.actions import choose_columns, receive_file
from core.importing.importer import Field, Importer, Row
from core.importing.mapping import propose
from core.importing.model_importer import ModelImporter
from core.importing.models import ImportRun
from core.importing.reading import Options, Table, UnreadableFile, open_table
from core.importing.rows import Seen
from core.importing.work import apply_file, check_file, undo_import
from stations.models import District

__all__ = ["UnreadableFile", "registry"]


def written(folder: Path, content: bytes | str, name: str = "file.csv") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def opened(folder: Path, content: bytes | str, name: str = "file.csv", **options: Any) -> Table:
    """The table of a file with this content."""
    return open_table(written(folder, content, name), name, overrides=Options(**options))


def workbook(rows: Iterable[Iterable[Any]], **sheets: Iterable[Iterable[Any]]) -> bytes:
    """A workbook with the rows on its first sheet, and further sheets by name."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        for name, content in {"Sheet1": rows, **sheets}.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(content):
                sheet.write_row(number, 0, list(cells))
    return buffer.getvalue()


class DistrictOptions(forms.Form):
    """Options of the test importers."""

    prefix = forms.CharField(required=False, max_length=4)
    careful = forms.BooleanField(required=False, initial=True)


class DistrictsByModel(ModelImporter):
    """Districts by their code, in SQL."""

    name = "test-districts"
    title = "Districts"
    permission = "stations.import_district"
    model = District
    key = ("code",)
    fields = [
        Field("code", "Code", required=True, aliases=("id",), parse=f.text(upper=True)),
        Field("name", "Name", required=True, aliases=("district",)),
    ]


class DistrictsByRow(Importer):
    """Districts by their code, row by row; a name with "?" is set aside, with "!" wrong, with "~" noted."""

    name = "test-districts-by-row"
    title = "Districts, row by row"
    permission = "stations.import_district"
    options_form = DistrictOptions
    batch_size = 3
    reasons = {"doubtful": "The name is doubtful", "loud": "The name is loud"}
    fields = DistrictsByModel.fields

    def parse_row(self, row: Row) -> None:
        if "!" in row.values["name"]:
            row.wrong("Too loud.", field="name", reason="loud")

    def begin(self) -> None:
        self.seen = Seen()
        self.present = {district.code: district for district in District.objects.all()}

    def classify_batch(self, batch: list[Row]) -> None:
        for row in batch:
            district = self.present.get(row.values["code"])
            if self.seen.judge(row, row.values["code"], row.values["name"]):
                continue
            if "~" in row.values["name"]:
                row.remark("doubtful", field="name")
            if "?" in row.values["name"]:
                row.set_aside("doubtful", field="name")
            elif district is None:
                row.new()
            elif district.name == row.values["name"]:
                row.leave(district)
            else:
                row.change(district)

    def apply_batch(self, batch: list[Row]) -> None:
        changes = self.context.changes
        for row in batch:
            if row.outcome == "new":
                district = District(code=row.values["code"], name=row.values["name"])
                district.save()
                changes.made(District, [district.pk])
            elif row.outcome == "changed":
                changes.changing(District, [row.target.pk])
                row.target.name = row.values["name"]
                row.target.save()


def upload(name: str, content: bytes | str) -> SimpleUploadedFile:
    """A file as a form hands it over."""
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def register_importers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the test importers known, and only them, until the test ends."""
    monkeypatch.setattr(registry, "_importers", {})
    registry.register(DistrictsByModel)
    registry.register(DistrictsByRow)


def disk_usage(free: int) -> Any:
    """What the operating system would say of a disk."""
    return type(shutil.disk_usage("/"))(10**12, 10**12 - free, free)


def received(
    importer: type[Importer],
    content: bytes | str,
    *,
    actor: Any = None,
    name: str = "districts.csv",
    mapping: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> ImportRun:
    """An import whose columns are chosen."""
    sent = upload(name, content)
    run = receive_file(importer=importer, sent=sent, source_name="a test", actor=actor, now=now())
    chosen = propose(importer, run.columns, {}) | dict(mapping or {})
    return choose_columns(run=run, mapping=chosen, options=options or {}, actor=actor, now=now())


def checked(run: ImportRun) -> ImportRun:
    return check_file(run=run, actor=None, now=now())


def applied(run: ImportRun, *, skip_wrong: bool = False) -> ImportRun:
    run.skip_wrong = skip_wrong
    run.save()
    return apply_file(run=run, actor=None, now=now())


def undone(run: ImportRun) -> ImportRun:
    return undo_import(run=run, actor=None, now=now())


def districts() -> list[tuple[str, str]]:
    return list(District.objects.order_by("code").values_list("code", "name"))


def counts(run: ImportRun) -> list[int]:
    """New, changed, unchanged, set aside, wrong."""
    return [run.counts[name] for name in ("new", "changed", "unchanged", "aside", "wrong")]


def district(code: str, name: str) -> District:
    row = District(code=code, name=name)
    row.save()
    return row
