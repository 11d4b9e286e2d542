"""Legal entities are kept in memory for as long as nobody writes to them."""

from django.db import migrations

from caudal.kit.lasting import stamped


class Migration(migrations.Migration):
    """A group of one table."""

    dependencies = [("workspace", "0014_daily_invoicing"), ("kit", "0012_stamps")]

    operations = [stamped("workspace.entities", "workspace_legalentity")]
