"""The place of a fact in the journal: the number of its transaction, and its own among the facts of that.

Facts that are there already stand in front, ordered by their ids.
"""

from django.db import migrations, models

PLACE = """
CREATE FUNCTION kit_shift() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 0::bigint';
CREATE FUNCTION kit_place() RETURNS bigint LANGUAGE sql STABLE AS
    'SELECT pg_current_xact_id()::text::bigint + kit_shift()';
ALTER TABLE kit_fact ADD COLUMN place bigint NOT NULL DEFAULT 0;
ALTER TABLE kit_fact ALTER COLUMN place SET DEFAULT kit_place();
CREATE SEQUENCE kit_fact_nth AS bigint CACHE 1;
ALTER TABLE kit_fact ADD COLUMN nth bigint NOT NULL DEFAULT 0;
ALTER TABLE kit_fact ALTER COLUMN nth SET DEFAULT nextval('kit_fact_nth');
"""
BACK = """
ALTER TABLE kit_fact DROP COLUMN place, DROP COLUMN nth;
DROP SEQUENCE kit_fact_nth;
DROP FUNCTION kit_place();
DROP FUNCTION kit_shift();
"""


class Migration(migrations.Migration):
    dependencies = [("kit", "0008_fact_row_version")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(PLACE, BACK)],
            [
                migrations.AddField(
                    model_name="recordedfactrow",
                    name="place",
                    field=models.BigIntegerField(db_default=models.Func(function="kit_place"), editable=False),
                ),
                migrations.AddField(
                    model_name="recordedfactrow",
                    name="nth",
                    field=models.BigIntegerField(
                        db_default=models.Func(models.Value("kit_fact_nth"), function="nextval"), editable=False
                    ),
                ),
            ],
        )
    ]
