"""SQL that keeps records as they are: refusing triggers, and the list of records that wait for their seal.

The triggers refuse the owner of the tables too. An owner who means it can switch a trigger off, as a test that tampers
does and as emptying a test database does (`core.db.operations`); what is changed then is what the seals are for.
"""

# ruff: noqa: S608  (the statements are made of constants)

REFUSING = "chargenet_append_only"
TABLES = ("security_workrecord", "security_platformrecord", "security_seal", "security_platformseal",
          "security_recordset")  # fmt: skip

REFUSE_FUNCTION = """
CREATE FUNCTION chargenet_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A network that is deleted takes its records along; only the owner's function for that sets both (deletion_sql).
    IF TG_OP = 'DELETE' AND nullif(current_setting('chargenet.deleting', true), '') IS NOT NULL
            AND current_setting('chargenet.deleting', true) = current_setting('chargenet.network', true) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% on % is refused: its rows are never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""

# The list is written with the record, in its transaction: a record that commits late is on it when it is there.
QUEUE_FUNCTION = """
CREATE FUNCTION chargenet_queue_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO security_unsealedrecord (network_id, record_id) VALUES (NEW.network_id, NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION chargenet_queue_platform_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO security_unsealedplatformrecord (record_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
"""


def _refuse(table: str) -> str:
    return f"""
CREATE TRIGGER {REFUSING} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION chargenet_refuse_change();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {REFUSING};
"""


def _queue(table: str, function: str) -> str:
    return f"""
CREATE TRIGGER chargenet_queue AFTER INSERT ON {table}
    FOR EACH ROW EXECUTE FUNCTION {function}();
"""


def trigger_sql() -> str:
    """Make the functions and triggers."""
    return "".join(
        [
            REFUSE_FUNCTION,
            QUEUE_FUNCTION,
            *(_refuse(table) for table in TABLES),
            _queue("security_workrecord", "chargenet_queue_records"),
            _queue("security_platformrecord", "chargenet_queue_platform_records"),
        ]
    )


def drop_trigger_sql() -> str:
    """Take them away again."""
    tables = "".join(f"DROP TRIGGER {REFUSING} ON {table};\n" for table in TABLES)
    return f"""{tables}
DROP TRIGGER chargenet_queue ON security_workrecord;
DROP TRIGGER chargenet_queue ON security_platformrecord;
DROP FUNCTION chargenet_refuse_change();
DROP FUNCTION chargenet_queue_records();
DROP FUNCTION chargenet_queue_platform_records();
"""
