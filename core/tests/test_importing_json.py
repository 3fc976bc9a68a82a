"""JSON files: lists of objects."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.importing.reading import UnreadableFile
from core.tests.importing_tools import opened


def test_the_columns_are_all_keys_in_their_first_order(tmp_path: Path) -> None:
    table = opened(
        tmp_path, '[{"code": "A", "kW": 22.50}, {"name": "Beta", "code": "B", "on": true, "off": null}]', "x.json"
    )
    assert table.columns == ["code", "kW", "name", "on", "off"]
    assert [(row.number, list(row.values.values())) for row in table.rows()] == [
        (1, ["A", "22.50", "", "", ""]),
        (2, ["B", "", "Beta", "true", ""]),
    ]


def test_a_list_named_rows_inside_of_an_object_is_read(tmp_path: Path) -> None:
    content = '{"made": "2024-05-01", "rows": [{"code": "A"}], "other": [{"x": 1}]}'
    table = opened(tmp_path, content, "x.json")
    assert (table.columns, table.detected.sheet, table.detected.sheets) == (["code"], "rows", ("rows", "other"))
    assert table.detected.titles == ("made: 2024-05-01",)


def test_the_only_list_of_an_object_is_read_and_others_can_be_chosen(tmp_path: Path) -> None:
    assert opened(tmp_path, '{"sites": [{"code": "A"}]}', "x.json").columns == ["code"]
    content = '{"rows": [{"a": 1}], "sites": [{"code": "A"}]}'
    assert opened(tmp_path, content, "x.json", sheet="sites").columns == ["code"]


def test_several_lists_without_a_usual_name_need_a_choice(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="several lists.*Choose one of: a, b"):
        opened(tmp_path, '{"a": [{"x": 1}], "b": [{"x": 1}]}', "x.json")


def test_nested_values_and_repeated_keys_are_faults_of_their_row(tmp_path: Path) -> None:
    rows = list(opened(tmp_path, '[{"a": {"b": [1]}, "c": 1}, {"a": 1, "a": 2}, {"a": 3, "c": 4}]', "x.json").rows())
    assert [[fault.column for fault in row.faults] for row in rows] == [["a"], ["a"], []]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"a": 1}, {"a": ]', "Object 2: The JSON is broken here"),
        ('[{"a": 1},', "The JSON is broken here"),
        ('[{"a": 1}, 5]', "Object 2: The list holds something else than objects"),
        ("[1, 2]", "something else than objects"),
        ('{"a": 1}', "The file holds no list of objects"),
        ("[]", "All rows are empty"),
        ("[{}]", "no row below it has any content"),
        ("[" * 100, "nested too deeply|something else"),
    ],
)
def test_what_is_no_list_of_objects_is_refused(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        opened(tmp_path, content, "x.json")


def test_bytes_that_are_not_utf_8_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="encoded as UTF-8"):
        opened(tmp_path, '[{"name": "Köln"}]'.encode("cp1252"), "x.json")


def test_a_byte_order_mark_and_gzip_do_no_harm(tmp_path: Path) -> None:
    table = opened(tmp_path, gzip.compress('\ufeff[{"a": 1}]'.encode()), "x.json.gz")
    assert (table.columns, table.detected.compressed) == (["a"], True)


def test_a_gigantic_exponent_stays_small(tmp_path: Path) -> None:
    assert opened(tmp_path, '[{"a": 1e99999999}]', "x.json").sample(1)[0].values["a"] == "1E+99999999"


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=10))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from("abcd"), VALUES, min_size=1), min_size=1, max_size=5))
def test_what_was_dumped_is_what_is_read(tmp_path: Path, objects: list[dict[str, object]]) -> None:
    def text(value: object) -> str:
        if value is None:
            return ""
        return str(value).lower() if isinstance(value, bool) else str(value).replace("\0", "")

    table = opened(tmp_path, json.dumps(objects), "x.json")
    expected = [{column: text(one.get(column)) for column in table.columns} for one in objects]
    assert [row.values for row in table.rows()] == [row for row in expected if any(map(str.strip, row.values()))]
