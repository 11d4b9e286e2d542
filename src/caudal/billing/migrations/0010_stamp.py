"""Tax rates are kept in memory for as long as nobody adds one."""

from django.db import migrations

from caudal.kit.lasting import stamped


class Migration(migrations.Migration):
    """A group of one table."""

    dependencies = [("billing", "0009_documents_at_scale"), ("kit", "0012_stamps")]

    operations = [stamped("billing.tax_rates", "billing_taxrate")]
