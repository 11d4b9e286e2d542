"""Products can be taken back with the batch that wrote them."""

from django.db import migrations

TABLES = ("catalog_product",)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("kit", "0007_traces")]
    operations = [
        migrations.RunSQL(f"SELECT kit_trace_table('{table}')", f"DROP TRIGGER kit_trace ON {table}")
        for table in TABLES
    ]
