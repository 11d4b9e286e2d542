"""The entries of an index that finds words anywhere inside texts, see `caudal.kit.grams`."""

from django.db import migrations

# Its cost is less than the truth, and more than that of comparing texts: a frequent word is best looked for along the
# order of the list, where this is asked only of rows that hold it.
MAKE = """
CREATE FUNCTION kit_grams(said text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 AS $$
    SELECT coalesce(array_agg(substr(said, place, 3)), '{}') FROM generate_series(1, length(said) - 2) AS place
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("kit", "0005_search")]
    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION kit_grams(text)")]
