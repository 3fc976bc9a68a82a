"""Shared reads of imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.importing.fields import Preset
from core.importing.importer import Importer, importers
from core.importing.models import ImportMapping, ImportRun, ImportState
from core.rights import may_everywhere


@dataclass(frozen=True)
class Known:
    """What is known about a source's files."""

    name: str
    mapping: Mapping[str, str]
    options: Mapping[str, Any]
    reading: Mapping[str, Any]


NOTHING_KNOWN = Known("", {}, {}, {})


def importers_for(account: Any) -> list[type[Importer]]:
    """The importers that `account` may run in the network in scope."""
    return [importer for importer in importers() if may_everywhere(account, importer.permission)]


def remembered(importer: type[Importer], source_name: str) -> Known | None:
    """What was chosen for the last file of a source."""
    last = ImportMapping.objects.filter(importer=importer.name, source_name=source_name).first()
    return None if last is None else Known(last.source_name, last.mapping, last.options, last.reading)


def preset_for(importer: type[Importer], source_name: str, columns: list[str]) -> Preset | None:
    """The preset of that name, else the one that knows the file by its columns (of several the one with the most)."""
    for preset in importer.presets:
        if preset.name == source_name:
            return preset
    matching = [preset for preset in importer.presets if preset.matches(columns)]
    return max(matching, key=lambda preset: len(preset.mapping), default=None)


def remembered_or_preset(importer: type[Importer], run: ImportRun) -> Known:
    """What is known about the run's source; a remembered mapping goes before a preset, where its columns are there.

    A source that sends another layout has columns that its last file had not: for these the preset answers.
    """
    preset = preset_for(importer, run.source_name, run.columns)
    columns = preset.columns() if preset is not None else {}
    columns = {column: field for column, field in columns.items() if column in run.columns}
    last = remembered(importer, run.source_name)
    if last is not None and set(last.mapping) & set(run.columns):
        told = set(last.mapping.values())
        gaps = {column: field for column, field in columns.items() if not field or field not in told}
        return replace(last, mapping={**gaps, **last.mapping})
    if preset is None:
        return NOTHING_KNOWN
    return Known(preset.name, columns, preset.options or {}, preset.reading or {})


def sources(importer: type[Importer]) -> list[str]:
    """Names of the sources that are known: presets first, then those remembered."""
    names = [preset.name for preset in importer.presets]
    stored = ImportMapping.objects.filter(importer=importer.name).order_by("source_name")
    return list(dict.fromkeys([*names, *stored.values_list("source_name", flat=True)]))


def same_file_before(run: ImportRun) -> ImportRun | None:
    """The last import of the very same file by the same importer that is in force."""
    found: ImportRun | None = (
        ImportRun.objects.filter(importer=run.importer, sha256=run.sha256, state=ImportState.APPLIED)
        .exclude(pk=run.pk)
        .order_by("-applied_at")
        .first()
    )
    return found
