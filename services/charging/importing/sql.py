"""The set-based statements of the importer of sessions, over its temporary table `import_rows`."""

# ruff: noqa: S608  (tables and columns are names of the program; values are parameters)
from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from django.db import connection

from core.importing.staging import Stage, copy_rows
from services.charging.doubts import Span, Standing
from services.charging.importing.equipment import NewIds, Place
from services.charging.importing.telling import GENERATED

STAGE = "import_rows"
PLACES = "import_places"
CELL_END = "\x1f"  # ASCII "unit separator": stands between the cells of a row as it was told

PLACE_COLUMNS = {
    "charger_told": "text",
    "site_told": "text",
    "site_id": "bigint",
    "charger_id": "bigint",
    "connector_id": "bigint",
}
"""Columns of the session that many rows of a file have in common: the stage names a row of the places instead."""

ROW_COLUMNS = {
    "external_id": "text",
    "token": "text",  # nosec B105  a column
    "started_at": "timestamptz",
    "ended_at": "timestamptz",
    "energy_wh": "bigint",
    "meter_start_wh": "bigint",
    "meter_stop_wh": "bigint",
    "price_told": "numeric(12,4)",
    "stop_reason": "text",
}
STAGE_COLUMNS = {"place": "integer", **ROW_COLUMNS, "doubts": "text[]", "doubt": "text", "cells": "text"}
TOLD_COLUMNS = (*PLACE_COLUMNS, *ROW_COLUMNS)
"""What the source tells of a session and what was found for it."""

# Names of the session columns that an import writes, beside those told.
_OWN = ("network_id", "source", "source_name", "recorded_at", "import_run_id", "state", "doubts", "doubt", "told")
_OWN_VALUES = """
    %(network)s, 'import', %(source)s, %(now)s, %(run)s,
    CASE WHEN staged.doubt = '' THEN 'accepted' ELSE 'aside' END, staged.doubts, staged.doubt,
    CASE WHEN staged.doubt = '' THEN '{}'::jsonb ELSE jsonb_strip_nulls(
        jsonb_object(%(columns)s::text[], string_to_array(staged.cells, E'\\x1f', ''))) END
"""
_TOLD_VALUES = ", ".join([f"place.{name}" for name in PLACE_COLUMNS] + [f"staged.{name}" for name in ROW_COLUMNS])

TELL_APART = f"""
    UPDATE {STAGE} SET external_id = external_id || '-' || place_among
      FROM (SELECT ordinal AS row, row_number() OVER (PARTITION BY external_id ORDER BY ordinal) AS place_among
              FROM {STAGE} WHERE starts_with(external_id, '{GENERATED}')) AS numbered
     WHERE ordinal = row AND place_among > 1
"""
"""Sessions without a number of their own that began at one connector at one time: the second gets a "-2"."""

JUDGE_REPEATED = f"""
    UPDATE {STAGE} SET outcome = judged.outcome, reason = judged.reason
      FROM (SELECT ordinal, CASE WHEN same THEN 'aside' ELSE 'wrong' END AS outcome,
                   CASE WHEN same THEN 'repeated' ELSE 'twice' END AS reason
              FROM (SELECT ordinal, row_number() OVER numbered AS place, min(cells) OVER whole = max(cells) OVER whole
                           AS same
                      FROM {STAGE} JOIN (SELECT external_id FROM {STAGE} GROUP BY 1 HAVING count(*) > 1) AS several
                           USING (external_id)
                    WINDOW numbered AS (PARTITION BY external_id ORDER BY ordinal),
                           whole AS (PARTITION BY external_id)) AS numbered
             WHERE place > 1 OR NOT same) AS judged
     WHERE {STAGE}.ordinal = judged.ordinal
"""
"""A row that stands twice is set aside once; rows of one number that say different things are all wrong."""

_DIFFERS = " OR ".join(
    [f"present.{name} IS DISTINCT FROM place.{name}" for name in PLACE_COLUMNS]
    + [f"present.{name} IS DISTINCT FROM {STAGE}.{name}" for name in ROW_COLUMNS]
)

FIND_PRESENT = f"""
    UPDATE {STAGE} SET target_id = present.id,
           outcome = CASE WHEN NOT ({_DIFFERS})
                            OR EXISTS (SELECT FROM charging_sessiondecision d WHERE d.session_id = present.id)
                          THEN 'unchanged' END
      FROM charging_chargingsession present, {PLACES} place
     WHERE place.place = {STAGE}.place
       AND present.network_id = %(network)s AND present.source_name = %(source)s AND present.external_id <> ''
       AND present.external_id = {STAGE}.external_id AND {STAGE}.outcome IS NULL
"""
"""Sessions that came before: unchanged when all is told as then, or when a person has decided about them since."""

# Only spans that overlap another are fetched: one that begins before all before it have ended, and those before it.
OVERLAPPING = f"""
    WITH bounds AS (
        SELECT min(started_at) AS first, max(ended_at) AS last FROM {STAGE} WHERE outcome IS NULL
    ), spans AS (
        SELECT ordinal::bigint AS key, connector_id, started_at, ended_at,
               CASE WHEN doubt <> '' THEN {int(Standing.DOUBTFUL)} WHEN energy_wh > 0 THEN {int(Standing.WITH_ENERGY)}
                    ELSE {int(Standing.WITHOUT_ENERGY)} END AS standing
          FROM {STAGE} JOIN {PLACES} USING (place)
         WHERE outcome IS NULL AND connector_id IS NOT NULL AND ended_at > started_at
        UNION ALL
        SELECT -s.id, s.connector_id, s.started_at, s.ended_at, {int(Standing.ACCEPTED)}
          FROM bounds, charging_chargingsession s
         WHERE s.network_id = %(network)s AND s.state = 'accepted' AND s.ended_at > s.started_at
           AND s.started_at < bounds.last AND s.ended_at > bounds.first
           AND s.connector_id IN (SELECT connector_id FROM {PLACES})
           AND s.id NOT IN (SELECT target_id FROM {STAGE} WHERE target_id IS NOT NULL AND outcome IS NULL)
    ), seen AS (
        SELECT *, max(ended_at) OVER (line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS held_until,
               max(ended_at) OVER (line ROWS UNBOUNDED PRECEDING) AS holds_until, lead(started_at) OVER line AS next
          FROM spans WINDOW line AS (PARTITION BY connector_id ORDER BY started_at, key)
    )
    SELECT connector_id, started_at, ended_at, standing, key FROM seen
     WHERE held_until > started_at OR next < holds_until ORDER BY connector_id, started_at, key
"""

NUMBER_OF_HOLDER = f"""
    SELECT key, coalesce(staged.external_id, kept.external_id)
      FROM unnest(%(keys)s::bigint[]) AS key
      LEFT JOIN {STAGE} staged ON staged.ordinal = key
      LEFT JOIN charging_chargingsession kept ON kept.network_id = %(network)s AND kept.id = -key
"""

UPDATE_CHANGED = f"""
    UPDATE charging_chargingsession present
       SET ({", ".join((*TOLD_COLUMNS, *_OWN))}) = ROW({_TOLD_VALUES}, {_OWN_VALUES})
      FROM {STAGE} staged JOIN {PLACES} place USING (place)
     WHERE present.network_id = %(network)s AND present.id = staged.target_id AND staged.outcome IN ('changed', 'aside')
"""

# An UPDATE checks the connectors row by row: rows that change places would be in each other's way.
LEAVE_CONNECTORS = f"""
    UPDATE charging_chargingsession SET state = 'rejected'
     WHERE network_id = %(network)s AND state = 'accepted'
       AND id IN (SELECT target_id FROM {STAGE} WHERE outcome IN ('changed', 'aside'))
"""

# In the order of connectors and time, neighbours in the index of overlaps are written one after the other.
INSERT_NEW = f"""
    INSERT INTO charging_chargingsession ({", ".join((*TOLD_COLUMNS, *_OWN))})
    SELECT {_TOLD_VALUES}, {_OWN_VALUES}
      FROM {STAGE} staged JOIN {PLACES} place USING (place)
     WHERE outcome IN ('new', 'aside') AND target_id IS NULL AND coalesce(reason, '') <> 'repeated'
     ORDER BY place.connector_id, staged.started_at
    RETURNING id
"""

SUMS = f"SELECT outcome, count(*), coalesce(sum(energy_wh), 0)::bigint FROM {STAGE} GROUP BY outcome"


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_text(text: str) -> str:
    """A text in PostgreSQL's COPY text format (manual, COPY, "Text Format")."""
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        return text.translate(_ESCAPES)
    return text


def copy_value(value: object) -> str:
    """A number, or nothing, in the COPY text format."""
    return "\\N" if value is None else str(value)


def copy_lines(lines: list[str]) -> None:
    """Add rows to the stage: each a line in the COPY text format with ordinal, number, sheet and `STAGE_COLUMNS`."""
    names = ", ".join(("ordinal", "number", "sheet", *STAGE_COLUMNS))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {STAGE} ({names}) FROM STDIN", io.StringIO("\n".join([*lines, ""])))


def make_places(stage: Stage, places: Iterable[Place], ids: NewIds) -> None:
    """Store the places that the rows name by number, with the true ids of equipment that was made."""
    columns = ", ".join(f"{name} {kind}" for name, kind in PLACE_COLUMNS.items())
    stage.execute(f"DROP TABLE IF EXISTS pg_temp.{PLACES}")
    stage.execute(f"CREATE TEMPORARY TABLE {PLACES} (place integer PRIMARY KEY, {columns}) ON COMMIT DROP")
    rows = ((place.number, place.charger_told, place.site_told, *ids.of(place)) for place in places)
    copy_rows(PLACES, ["place", *PLACE_COLUMNS], rows)
    stage.execute(f"ANALYZE {PLACES}")


def overlapping_spans(stage: Stage, network_id: int) -> Iterator[Span]:
    """Spans of sessions that share time with another at their connector, accepted ones of the database (by their
    negative ids) and those of the file (by their ordinals), in the order of connector and start."""
    for connector, start, end, standing, key in stage.rows(OVERLAPPING, {"network": network_id}):
        yield Span(connector, start, end, Standing(standing), key)


def note_overlaps(stage: Stage, overlaps: list[tuple[int, int]], network_id: int, message: str) -> None:
    """Add the doubt to rows of the file that overlap; `overlaps` is (ordinal, key of the session that stays)."""
    if not overlaps:
        return
    keys = list({keeper for _ordinal, keeper in overlaps})
    numbers = dict(stage.rows(NUMBER_OF_HOLDER, {"keys": keys, "network": network_id}))
    stage.execute("CREATE TEMPORARY TABLE import_overlaps (ordinal integer, message text) ON COMMIT DROP")
    copy_rows("import_overlaps", ["ordinal", "message"], [(row, message % numbers[keeper]) for row, keeper in overlaps])
    stage.execute(
        f"UPDATE {STAGE} SET doubts = doubts || '{{overlap}}', doubt = coalesce(nullif(doubt, ''), 'overlap'), "
        f"message = concat_ws(' ', nullif({STAGE}.message, ''), found.message) "
        f"FROM import_overlaps found WHERE {STAGE}.ordinal = found.ordinal"
    )
    stage.execute("DROP TABLE import_overlaps")
