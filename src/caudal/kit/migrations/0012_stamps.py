"""Stamps of groups of tables: a new one, made by chance, whenever one of them is written to."""

from django.db import migrations

MAKE = """
CREATE TABLE kit_stamp (name text PRIMARY KEY, stamp uuid NOT NULL);
CREATE FUNCTION kit_restamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_stamp (name, stamp) VALUES (TG_ARGV[0], gen_random_uuid())
        ON CONFLICT (name) DO UPDATE SET stamp = excluded.stamp;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    """The table, and what its triggers do."""

    dependencies = [("kit", "0011_enclosures")]

    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION kit_restamp(); DROP TABLE kit_stamp;")]
