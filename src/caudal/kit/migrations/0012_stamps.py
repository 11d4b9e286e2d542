"""Numbers made by chance, one for each transaction that wrote to a group of tables, and what puts them there."""

from django.db import migrations

MAKE = """
CREATE TABLE kit_stamp (
    name text NOT NULL, transaction xid8 NOT NULL, stamp numeric NOT NULL, PRIMARY KEY (name, transaction)
);
CREATE FUNCTION kit_restamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_stamp (name, transaction, stamp)
        VALUES (TG_ARGV[0], pg_current_xact_id(), hashtextextended(gen_random_uuid()::text, 0))
        ON CONFLICT (name, transaction) DO UPDATE SET stamp = excluded.stamp;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    """The table, and what its triggers do."""

    dependencies = [("kit", "0011_enclosures")]

    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION kit_restamp(); DROP TABLE kit_stamp;")]
