"""What models cannot say: the number sequence, the months of events, and the guards that keep the record as it is."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

NUMBERS = """
CREATE SEQUENCE work_order_serial AS bigint MINVALUE 1 MAXVALUE 9999999 CYCLE CACHE 1;
"""

# The month of a number is yymm. A month whose rows already lie in the rest stays there: nothing is moved.
MONTHS = """
CREATE FUNCTION ensure_event_month(yymm integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    low bigint := yymm::bigint * 1000000000;
    high bigint := (CASE WHEN yymm % 100 = 12 THEN yymm + 89 ELSE yymm + 1 END)::bigint * 1000000000;
    name text := format('event_m%s', lpad(yymm::text, 4, '0'));
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(4710, yymm);
    IF to_regclass(name) IS NOT NULL
       OR EXISTS (SELECT 1 FROM event_rest WHERE number >= low AND number < high LIMIT 1) THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF event FOR VALUES FROM (%s) TO (%s)', name, low, high);
    RETURN true;
END $$;
"""

# Even the owner has to switch this off on purpose; the application's own role may not update or delete at all.
GUARDS = """
CREATE FUNCTION record_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '流转记录只能追加，不能修改或删除（%）', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER event_guard BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER manifest_guard BEFORE UPDATE OR DELETE ON manifest
    FOR EACH ROW EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER rules_part_guard BEFORE UPDATE OR DELETE ON rules_part
    FOR EACH ROW EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER rules_snapshot_guard BEFORE UPDATE OR DELETE ON rules_snapshot
    FOR EACH ROW EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER setting_change_guard BEFORE UPDATE OR DELETE ON setting_change
    FOR EACH ROW EXECUTE FUNCTION record_is_append_only();
"""

# Dates that are often searched as a short range of a long history.
STORAGE = """
ALTER TABLE work_order SET (fillfactor = 85);
ALTER TABLE leg SET (fillfactor = 85);
ALTER TABLE search_text ALTER COLUMN words SET STATISTICS 1000;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0001_tables")]
    operations: ClassVar = [
        migrations.RunSQL(NUMBERS, "DROP SEQUENCE work_order_serial"),
        migrations.RunSQL(MONTHS, "DROP FUNCTION ensure_event_month"),
        migrations.RunSQL(
            GUARDS,
            "DROP TRIGGER event_guard ON event; DROP TRIGGER manifest_guard ON manifest;"
            "DROP TRIGGER rules_part_guard ON rules_part; DROP TRIGGER rules_snapshot_guard ON rules_snapshot;"
            "DROP TRIGGER setting_change_guard ON setting_change; DROP FUNCTION record_is_append_only",
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
