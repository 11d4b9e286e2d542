"""An installation begins with the standard rates of value added tax."""

from datetime import date
from decimal import Decimal

from django.db import migrations

from caudal.billing.offline.rates import SOURCE, standard_rates
from caudal.kit.world import new_id


def know_rates(apps, schema_editor):
    """Add the rates that are not there."""
    rate = apps.get_model("billing", "TaxRate")
    rows = [
        rate(
            id=new_id(),
            country=country,
            tax_kind="standard",
            from_day=date.fromisoformat(day),
            percent=Decimal(percent),
            source=SOURCE,
        )
        for country, percent, day in standard_rates()
    ]
    rate.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_agreements")]
    operations = [migrations.RunPython(know_rates, migrations.RunPython.noop)]
