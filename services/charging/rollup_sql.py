"""SQL that keeps the rollups: triggers on the session table, and the same sums computed anew for the check.

A day is the network's business day: it begins at the first moment at which clocks in its zone show the start of the
day or have jumped over it, exactly as in `core.clock`. Moments count in whole seconds, cut, so that the pieces of a
session over several days add up to its length.
"""

# ruff: noqa: S608  (the statements are made of constants)

DAY_KEY = "network_id, day, site_id, state, doubt"
DAY_SUMS = ("sessions", "energy_wh", "duration_s", "occupied_s")
HOUR_KEY = "network_id, day, site_id, hour"
HOUR_SUMS = ("sessions", "energy_wh")

# What writers of sessions share and a rebuild holds alone: nobody adds to sums that are being computed anew.
# {network} is SQL for the network's id.
LOCK_KEY = "hashtextextended({network} || ':charging rollups', 0)"

DAY_START = """
CREATE FUNCTION charging_day_start(day date, starts time, zone text) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wall timestamp := day + starts;
    told timestamptz := wall AT TIME ZONE zone;
    -- How far clocks are ahead of UTC well before and well after; a change of clocks lies between the two.
    old_ahead interval := (told - interval '1 day') AT TIME ZONE zone - (told - interval '1 day') AT TIME ZONE 'UTC';
    new_ahead interval := (told + interval '1 day') AT TIME ZONE zone - (told + interval '1 day') AT TIME ZONE 'UTC';
    by_old timestamptz := (wall - old_ahead) AT TIME ZONE 'UTC';
    by_new timestamptz := (wall - new_ahead) AT TIME ZONE 'UTC';
    low timestamptz;
    high timestamptz;
    middle timestamptz;
BEGIN
    IF old_ahead = new_ahead THEN
        RETURN by_old;
    END IF;
    IF by_old AT TIME ZONE zone = wall THEN
        RETURN by_old;  -- shown once before the change, or twice: then this is the first of the two
    END IF;
    IF by_new AT TIME ZONE zone = wall THEN
        RETURN by_new;
    END IF;
    low := by_new;  -- jumped over: the change itself, found by halving
    high := by_old;
    WHILE high - low > interval '1 second' LOOP
        middle := date_trunc('second', low + (high - low) / 2);
        IF middle AT TIME ZONE zone - middle AT TIME ZONE 'UTC' = old_ahead THEN
            low := middle;
        ELSE
            high := middle;
        END IF;
    END LOOP;
    RETURN high;
END $$;
"""

# {rows} yields session rows with a column `sign` (1: came, -1: went). `placed` has them with their business days.
PLACED = """
    WITH told AS (
        SELECT s.network_id, s.site_id, s.state, s.doubt, s.sign, coalesce(s.energy_wh, 0) AS energy_wh,
               s.started_at, s.ended_at, n.time_zone AS zone, n.day_starts_at AS starts,
               ((s.started_at AT TIME ZONE n.time_zone) - n.day_starts_at::interval)::date AS near_first,
               CASE WHEN s.state = 'accepted'
                    THEN ((s.ended_at AT TIME ZONE n.time_zone) - n.day_starts_at::interval)::date END AS near_last
          FROM ({rows}) s JOIN security_network n ON n.id = s.network_id
    ), days AS MATERIALIZED (
        SELECT network_id, day, charging_day_start(day, starts, zone) AS begins,
               charging_day_start(day + 1, starts, zone) AS ends
          FROM (SELECT network_id, zone, starts, near_first AS day FROM told
                UNION SELECT network_id, zone, starts, near_last FROM told WHERE near_last IS NOT NULL) AS named
    ), placed AS (
        SELECT told.*,
               near_first + (started_at >= f.ends)::int - (started_at < f.begins)::int AS first_day,
               near_last + (ended_at >= l.ends)::int - (ended_at < l.begins)::int AS last_day
          FROM told
          JOIN days f ON f.network_id = told.network_id AND f.day = near_first
          LEFT JOIN days l ON l.network_id = told.network_id AND l.day = near_last
    )
"""

# `date_part` counts in double precision, exact to the microsecond for ages; `extract` would count in slow decimals.
_SECONDS = "floor(date_part('epoch', {}))::bigint"
_LENGTH = f"{_SECONDS.format('ended_at')} - {_SECONDS.format('started_at')}"

DAY_PARTS = f"""
    SELECT network_id, first_day AS day, site_id, state, CASE WHEN state = 'accepted' THEN '' ELSE doubt END AS doubt,
           sign AS sessions, sign * energy_wh AS energy_wh,
           CASE WHEN state = 'accepted' THEN sign * ({_LENGTH}) ELSE 0 END AS duration_s,
           CASE WHEN state = 'accepted' AND first_day = last_day THEN sign * ({_LENGTH}) ELSE 0 END AS occupied_s
      FROM placed
    UNION ALL
    SELECT network_id, day, site_id, state, '' AS doubt, 0, 0, 0,
           sign * ({_SECONDS.format("least(ended_at, charging_day_start(day + 1, starts, zone))")}
                   - {_SECONDS.format("greatest(started_at, charging_day_start(day, starts, zone))")})
      FROM (SELECT placed.*, first_day + steps.days AS day
              FROM placed CROSS JOIN LATERAL generate_series(0, last_day - first_day) AS steps(days)
             WHERE state = 'accepted' AND last_day > first_day) AS spans
"""

HOUR_PARTS = """
    SELECT network_id, first_day AS day, site_id, date_part('hour', started_at AT TIME ZONE zone)::smallint AS hour,
           sign AS sessions, sign * energy_wh AS energy_wh
      FROM placed
     WHERE state = 'accepted'
"""

CAME = "SELECT *, 1::bigint AS sign FROM came"
WENT = "SELECT *, -1::bigint AS sign FROM went"
ROWS = {"INSERT": CAME, "DELETE": WENT, "UPDATE": f"{CAME} UNION ALL {WENT}"}
TRANSITIONS = {
    "INSERT": "NEW TABLE AS came",
    "DELETE": "OLD TABLE AS went",
    "UPDATE": "OLD TABLE AS went NEW TABLE AS came",
}


def grouped(rows: str, parts: str, key: str, sums: tuple[str, ...]) -> str:
    """SELECT of the sums by key, without groups in which nothing is left."""
    totals = ", ".join(f"sum({name})::bigint AS {name}" for name in sums)
    some = " OR ".join(f"sum({name}) <> 0" for name in sums)
    return f"{PLACED.format(rows=rows)} SELECT {key}, {totals} FROM ({parts}) AS parts GROUP BY {key} HAVING {some}"


def day_sums_of(rows: str) -> str:
    """SELECT of what `ChargingDay` must hold for these session rows."""
    return grouped(rows, DAY_PARTS, DAY_KEY, DAY_SUMS)


def hour_sums_of(rows: str) -> str:
    """SELECT of what `ChargingHour` must hold for these session rows."""
    return grouped(rows, HOUR_PARTS, HOUR_KEY, HOUR_SUMS)


def _upsert(table: str, sums: tuple[str, ...], key: str, select: str) -> str:
    """Add the sums to the rollup. Rows are touched in the order of their keys: two imports wait, not deadlock."""
    adds = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in sums)
    return (
        f"INSERT INTO {table} ({key}, {', '.join(sums)}) SELECT * FROM ({select}) AS sums ORDER BY {key} "
        f"ON CONFLICT ({key}) DO UPDATE SET {adds};"
    )


def _sweep(table: str, sums: tuple[str, ...]) -> str:
    """Delete rows in which nothing is left; a partial index knows them."""
    empty = " AND ".join(f"{name} = 0" for name in sums)
    return f"DELETE FROM {table} WHERE network_id IN (SELECT DISTINCT network_id FROM went) AND {empty};"


def trigger_sql() -> str:
    """CREATE FUNCTION and CREATE TRIGGER for the three kinds of change."""
    statements = [DAY_START]
    for change, rows in ROWS.items():
        name = f"charging_rollup_{change.lower()}"
        table = "came" if change == "INSERT" else "went"
        lock = (
            f"PERFORM pg_advisory_xact_lock_shared({LOCK_KEY.format(network='network_id')}) "
            f"FROM (SELECT DISTINCT network_id FROM {table} ORDER BY network_id) AS networks;"
        )
        days = _upsert("charging_chargingday", DAY_SUMS, DAY_KEY, day_sums_of(rows))
        hours = _upsert("charging_charginghour", HOUR_SUMS, HOUR_KEY, hour_sums_of(rows))
        sweep = ""
        if change != "INSERT":
            sweep = _sweep("charging_chargingday", DAY_SUMS) + _sweep("charging_charginghour", HOUR_SUMS)
        statements.append(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$ "
            f"BEGIN {lock} {days} {hours} {sweep} RETURN NULL; END $$;"
        )
        statements.append(
            f"CREATE TRIGGER {name} AFTER {change} ON charging_chargingsession "
            f"REFERENCING {TRANSITIONS[change]} FOR EACH STATEMENT EXECUTE FUNCTION {name}();"
        )
    return "\n".join(statements)


def drop_trigger_sql() -> str:
    """The reverse of `trigger_sql`."""
    names = [f"charging_rollup_{change.lower()}" for change in ROWS]
    drops = [f"DROP TRIGGER {name} ON charging_chargingsession; DROP FUNCTION {name}();" for name in names]
    return "\n".join([*drops, "DROP FUNCTION charging_day_start(date, time, text);"])
