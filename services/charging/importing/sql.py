"""The set-based statements of the importer of sessions, over its temporary table `import_rows`."""

# ruff: noqa: S608  (tables and columns are names of the program; values are parameters)
from __future__ import annotations

from collections.abc import Iterator

from core.importing.staging import Stage, copy_rows
from services.charging.doubts import Span, Standing
from services.charging.importing.equipment import NewIds

STAGE = "import_rows"
CELL_END = "\x1f"  # ASCII "unit separator": stands between the cells of a row as it was told

TOLD_COLUMNS = {
    "external_id": "text",
    "charger_told": "text",
    "site_told": "text",
    "token": "text",
    "site_id": "bigint",
    "charger_id": "bigint",
    "connector_id": "bigint",
    "started_at": "timestamptz",
    "ended_at": "timestamptz",
    "energy_wh": "bigint",
    "meter_start_wh": "bigint",
    "meter_stop_wh": "bigint",
    "price_told": "numeric(12,4)",
    "stop_reason": "text",
}
"""Columns of the stage that are columns of the session too: what the source tells and what was found for it."""

STAGE_COLUMNS = {**TOLD_COLUMNS, "doubts": "text[]", "doubt": "text", "cells": "text"}

# Names of the session columns that an import writes, beside those told.
_OWN = ("network_id", "source", "source_name", "recorded_at", "import_run_id", "state", "doubts", "doubt", "told")
_OWN_VALUES = """
    %(network)s, 'import', %(source)s, %(now)s, %(run)s, CASE WHEN doubt = '' THEN 'accepted' ELSE 'aside' END,
    doubts, doubt,
    CASE WHEN doubt = '' THEN '{}'::jsonb
         ELSE jsonb_strip_nulls(jsonb_object(%(columns)s::text[], string_to_array(cells, E'\\x1f', ''))) END
"""

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

_DIFFERS = " OR ".join(f"present.{name} IS DISTINCT FROM {STAGE}.{name}" for name in TOLD_COLUMNS)

FIND_PRESENT = f"""
    UPDATE {STAGE} SET target_id = present.id,
           outcome = CASE WHEN NOT ({_DIFFERS})
                            OR EXISTS (SELECT FROM charging_sessiondecision d WHERE d.session_id = present.id)
                          THEN 'unchanged' END
      FROM charging_chargingsession present
     WHERE present.network_id = %(network)s AND present.source_name = %(source)s AND present.external_id <> ''
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
          FROM {STAGE} WHERE outcome IS NULL AND connector_id IS NOT NULL AND ended_at > started_at
        UNION ALL
        SELECT -s.id, s.connector_id, s.started_at, s.ended_at, {int(Standing.ACCEPTED)}
          FROM bounds, charging_chargingsession s
         WHERE s.network_id = %(network)s AND s.state = 'accepted' AND s.ended_at > s.started_at
           AND s.started_at < bounds.last AND s.ended_at > bounds.first
           AND s.connector_id IN (SELECT connector_id FROM {STAGE} WHERE outcome IS NULL)
           AND NOT EXISTS (SELECT FROM {STAGE} anew WHERE anew.target_id = s.id AND anew.outcome IS NULL)
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
       SET ({", ".join((*TOLD_COLUMNS, *_OWN))}) =
           (SELECT {", ".join(f"staged.{name}" for name in TOLD_COLUMNS)}, {_OWN_VALUES})
      FROM {STAGE} staged
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
    SELECT {", ".join(TOLD_COLUMNS)}, {_OWN_VALUES}
      FROM {STAGE} WHERE outcome IN ('new', 'aside') AND target_id IS NULL AND coalesce(reason, '') <> 'repeated'
     ORDER BY connector_id, started_at
    RETURNING id
"""

SUMS = f"SELECT outcome, count(*), coalesce(sum(energy_wh), 0)::bigint FROM {STAGE} GROUP BY outcome"


def give_true_ids(stage: Stage, ids: NewIds) -> None:
    """Replace the ids that equipment had before it was made."""
    for column, true_ids in (("site_id", ids.sites), ("charger_id", ids.chargers), ("connector_id", ids.connectors)):
        if true_ids:
            stage.execute(
                f"UPDATE {STAGE} SET {column} = true_id "
                f"FROM unnest(%s::bigint[], %s::bigint[]) AS made(old_id, true_id) WHERE {column} = old_id",
                [list(true_ids), list(true_ids.values())],
            )


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
