"""Documents know the run that wrote them. The next step looks at what is there already."""

import django.db.models.deletion
from django.db import migrations, models

NAMED = """
ALTER TABLE billing_invoice ADD COLUMN run_id uuid NULL;
ALTER TABLE billing_invoice ADD CONSTRAINT billing_invoice_run_fk FOREIGN KEY (run_id)
    REFERENCES billing_invoicerun (id) DEFERRABLE INITIALLY DEFERRED NOT VALID;
"""


class Migration(migrations.Migration):
    """A key that holds for new rows at once."""

    dependencies = [("billing", "0010_stamp")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(NAMED, "ALTER TABLE billing_invoice DROP COLUMN run_id")],
            [
                migrations.AddField(
                    model_name="invoice",
                    name="run",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="billing.invoicerun",
                    ),
                )
            ],
        ),
    ]
