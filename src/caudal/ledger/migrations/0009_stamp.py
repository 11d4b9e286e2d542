"""The chart of accounts is kept in memory for as long as nobody writes to it."""

from django.db import migrations

from caudal.kit.lasting import stamped


class Migration(migrations.Migration):
    """A group of one table."""

    dependencies = [("ledger", "0008_postings_at_scale"), ("kit", "0012_stamps")]

    operations = [stamped("ledger.chart", "ledger_account")]
