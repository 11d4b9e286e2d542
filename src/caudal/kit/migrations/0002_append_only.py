"""Facts are append-only: the table itself refuses, whoever asks."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION kit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Test databases are emptied between tests.
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER kit_fact_append_only BEFORE UPDATE OR DELETE ON kit_fact
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
CREATE TRIGGER kit_fact_not_emptied BEFORE TRUNCATE ON kit_fact
    FOR EACH STATEMENT EXECUTE FUNCTION kit_refuse_change();
"""
ALLOW = """
DROP TRIGGER kit_fact_append_only ON kit_fact;
DROP TRIGGER kit_fact_not_emptied ON kit_fact;
DROP FUNCTION kit_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("kit", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
