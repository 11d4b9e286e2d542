"""Members, teams and keys of other systems can be taken back with the batch that wrote them."""

from django.db import migrations

TABLES = ("workspace_member", "workspace_team", "workspace_externalid")


class Migration(migrations.Migration):
    dependencies = [("workspace", "0007_attachments"), ("kit", "0007_traces")]
    operations = [
        migrations.RunSQL(f"SELECT kit_trace_table('{table}')", f"DROP TRIGGER kit_trace ON {table}")
        for table in TABLES
    ]
