"""What batches write, noted by triggers while one of them writes."""

from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION kit_trace_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb;
    becomes jsonb;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        was := to_jsonb(OLD);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        becomes := to_jsonb(NEW);
    END IF;
    IF was IS NOT DISTINCT FROM becomes THEN
        RETURN NULL;
    END IF;
    INSERT INTO kit_trace (batch, at_table, row_id, before, after)
    VALUES (
        current_setting('caudal.batch')::uuid,
        TG_TABLE_NAME,
        (coalesce(becomes, was) ->> TG_ARGV[0])::uuid,
        was,
        coalesce(md5(becomes::text), '')
    )
    ON CONFLICT (batch, at_table, row_id) DO UPDATE SET after = excluded.after;
    RETURN NULL;
END $$;
-- Lets the rows of a table be traced; called again, it changes nothing.
CREATE FUNCTION kit_trace_table(target regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    key text;
BEGIN
    SELECT a.attname INTO STRICT key FROM pg_index AS i
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = target AND i.indisprimary AND i.indnkeyatts = 1;
    IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = target AND tgname = 'kit_trace') THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE TRIGGER kit_trace AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW '
        'WHEN (coalesce(current_setting(''caudal.batch'', true), '''') <> '''') '
        'EXECUTE FUNCTION kit_trace_row(%L)',
        target, key
    );
END $$;
"""
FORGET = """
DROP FUNCTION kit_trace_table(regclass);
DROP FUNCTION kit_trace_row() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("kit", "0006_grams")]
    operations = [
        migrations.CreateModel(
            name="Trace",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("batch", models.UUIDField()),
                ("at_table", models.CharField(max_length=63)),
                ("row_id", models.UUIDField()),
                ("before", models.JSONField(null=True)),
                ("after", models.CharField(blank=True, max_length=32)),
                ("kept", models.CharField(blank=True, db_default="", max_length=10)),
                ("kept_by", models.CharField(blank=True, db_default="", max_length=120)),
            ],
            options={
                "indexes": [models.Index(fields=["row_id"], name="kit_trace_row")],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "at_table", "row_id"), name="kit_trace_once")
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS, FORGET),
    ]
