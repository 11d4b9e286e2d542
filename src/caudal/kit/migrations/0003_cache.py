"""Counters that every web process must share (attempts to sign in): Django's cache in a table that needs no log."""

from django.db import migrations

MAKE = """
CREATE UNLOGGED TABLE kit_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX kit_cache_expires ON kit_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("kit", "0002_append_only")]
    operations = [migrations.RunSQL(MAKE, "DROP TABLE kit_cache")]
