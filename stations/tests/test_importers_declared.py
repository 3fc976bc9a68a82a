"""What the importers of this app declare: rights, presets, words."""

from __future__ import annotations

from typing import Any

import pytest

from core.importing.importer import Importer, importer_named
from core.importing.queries import importers_for, preset_for
from security.roles import MATRIX
from stations.registers.shenzhen import STEVCDP_COLUMNS, URBANEV_COLUMNS, ZONE_COLUMNS

NAMES = [
    "chargers", "connectors", "districts", "dundee-sites", "listings", "register-germany", "sites", "swap-stations",
]  # fmt: skip


@pytest.fixture(params=NAMES)
def importer(request: Any) -> type[Importer]:
    return importer_named(request.param)


def test_its_permission_stands_in_the_matrix(importer: type[Importer]) -> None:
    assert importer.permission in MATRIX


def test_its_presets_name_fields_and_options_that_exist(importer: type[Importer]) -> None:
    fields = {field.name for field in importer.fields}
    for preset in importer.presets:
        form = importer.options_form(data=dict(preset.options or {}))
        assert set(preset.mapping.values()) <= fields
        assert not set(preset.mapping) & set(preset.ignored)
        assert set(preset.options or {}) <= set(form.fields)
        assert form.is_valid()


def test_its_presets_tell_every_field_that_is_needed(importer: type[Importer]) -> None:
    needed = {field.name for field in importer.fields if field.needs_column}
    for preset in importer.presets:
        assert needed <= set(preset.mapping.values())


def test_no_option_is_needed_to_begin(importer: type[Importer]) -> None:
    assert importer.options_form(data={}).is_valid()


@pytest.mark.parametrize(
    ("name", "columns", "preset"),
    [
        ("listings", URBANEV_COLUMNS, "UrbanEV (Shenzhen)"),
        ("listings", STEVCDP_COLUMNS, "ST-EVCDP (Shenzhen)"),
        ("districts", ZONE_COLUMNS, "ST-EVCDP (Shenzhen)"),
    ],
)
def test_a_publishers_file_is_recognised_by_its_columns(name: str, columns: tuple[str, ...], preset: str) -> None:
    found = preset_for(importer_named(name), "", list(columns))

    assert found is not None
    assert (found.name, set(found.columns())) == (preset, set(columns))


def test_only_who_holds_the_right_in_the_whole_network_may_import(scoped: Any) -> None:
    ours = {account: {one.name for one in importers_for(account)} & set(NAMES)
            for account in (scoped.director, scoped.operator, scoped.auditor, scoped.stranger)}  # fmt: skip

    assert ours == {
        scoped.director: set(NAMES), scoped.operator: set(), scoped.auditor: set(), scoped.stranger: set(),
    }  # fmt: skip
