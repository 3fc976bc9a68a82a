"""SQL that holds the rule of supply: a site's supplier is a distribution centre that is not closed.

A check constraint cannot look at another row. The triggers lock the supplier's row in share mode, so that it cannot
become something else or close while another transaction makes it a supplier.
"""

_CHECK_SUPPLIER = """
CREATE FUNCTION stations_check_supplier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM stations_site
      WHERE network_id = NEW.network_id AND id = NEW.supplied_by_id
        AND kind = 'distribution_centre' AND status <> 'closed'
        FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the supplier of site % is no distribution centre in service', NEW.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'site_supplier_is_a_centre';
    END IF;
    RETURN NEW;
END $$;
"""

_CHECK_SUPPLIED = """
CREATE FUNCTION stations_check_supplied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM stations_site
               WHERE network_id = NEW.network_id AND supplied_by_id = NEW.id AND status <> 'closed') THEN
        RAISE EXCEPTION 'site % supplies others', NEW.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'site_supplier_is_a_centre';
    END IF;
    RETURN NEW;
END $$;
"""

_TRIGGERS = """
CREATE TRIGGER supplier_of_a_new_site BEFORE INSERT ON stations_site
    FOR EACH ROW WHEN (NEW.supplied_by_id IS NOT NULL)
    EXECUTE FUNCTION stations_check_supplier();
CREATE TRIGGER supplier_of_a_changed_site BEFORE UPDATE ON stations_site
    FOR EACH ROW WHEN (NEW.supplied_by_id IS NOT NULL AND NEW.status <> 'closed'
        AND (NEW.supplied_by_id IS DISTINCT FROM OLD.supplied_by_id OR OLD.status = 'closed'))
    EXECUTE FUNCTION stations_check_supplier();
CREATE TRIGGER supplier_stays_a_centre BEFORE UPDATE ON stations_site
    FOR EACH ROW WHEN ((OLD.kind = 'distribution_centre' AND NEW.kind <> 'distribution_centre')
        OR (OLD.status <> 'closed' AND NEW.status = 'closed'))
    EXECUTE FUNCTION stations_check_supplied();
"""


def trigger_sql() -> str:
    """Make the functions and the triggers."""
    return _CHECK_SUPPLIER + _CHECK_SUPPLIED + _TRIGGERS


def drop_trigger_sql() -> str:
    """Drop the triggers and the functions."""
    return """
DROP TRIGGER supplier_stays_a_centre ON stations_site;
DROP TRIGGER supplier_of_a_changed_site ON stations_site;
DROP TRIGGER supplier_of_a_new_site ON stations_site;
DROP FUNCTION stations_check_supplied();
DROP FUNCTION stations_check_supplier();
"""
