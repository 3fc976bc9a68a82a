"""The only way in which rows that are never deleted go: with their whole network.

It is a function of the tables' owner that the application may call, and it looks itself whether it may: only a network
that is being deleted, which a trigger makes final. So nobody who speaks with the database as the application takes
single rows out of the records.
"""

FORWARDS = """
CREATE FUNCTION chargenet_deletion_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.deleting_since IS NOT NULL AND NEW.deleting_since IS DISTINCT FROM OLD.deleting_since THEN
        RAISE EXCEPTION 'network % is being deleted; that is not taken back', OLD.id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deletion_is_final BEFORE UPDATE ON security_network
    FOR EACH ROW EXECUTE FUNCTION chargenet_deletion_is_final();

CREATE FUNCTION chargenet_delete_rows(of_network bigint, of_table text, most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE gone bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM public.security_network WHERE id = of_network AND deleting_since IS NOT NULL) THEN
        RAISE EXCEPTION 'network % is not being deleted', of_network;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
                     JOIN pg_namespace s ON s.oid = c.relnamespace
                    WHERE s.nspname = 'public' AND c.relname = of_table AND p.polname = 'chargenet_network') THEN
        RAISE EXCEPTION '% is no table of networks', of_table;
    END IF;
    PERFORM set_config('chargenet.network', of_network::text, true);
    PERFORM set_config('chargenet.deleting', of_network::text, true);
    EXECUTE format('DELETE FROM public.%1$I WHERE ctid = ANY (ARRAY('
                   'SELECT ctid FROM public.%1$I WHERE network_id = $1 LIMIT $2))', of_table)
        USING of_network, most;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

REVOKE ALL ON FUNCTION chargenet_delete_rows(bigint, text, integer) FROM PUBLIC;
"""

BACKWARDS = """
DROP TRIGGER deletion_is_final ON security_network;
DROP FUNCTION chargenet_deletion_is_final();
DROP FUNCTION chargenet_delete_rows(bigint, text, integer);
"""
