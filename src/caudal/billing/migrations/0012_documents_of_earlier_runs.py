"""Documents that were written before learn their run, and once they are issued no document changes it."""

import django.contrib.postgres.operations
from django.db import migrations, models

# A lot said whose documents it wrote, and these say when they were written, to the microsecond.
SAID = """
UPDATE billing_invoice AS i SET run_id = lot.run_id
FROM (
    SELECT f.subject_id AS run_id, f.occurred_at AS written_at, customer::uuid AS customer_id
    FROM kit_fact AS f CROSS JOIN LATERAL jsonb_array_elements_text(f.data -> 'customers') AS customer
    WHERE f.name = 'billing.lot_invoiced' AND EXISTS (SELECT FROM billing_invoicerun AS r WHERE r.id = f.subject_id)
) AS lot
WHERE i.customer_id = lot.customer_id AND i.created_at = lot.written_at AND i.run_id IS NULL
"""
FIXED = """
CREATE TRIGGER billing_invoice_run_fixed BEFORE UPDATE OF run_id ON billing_invoice
    FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION kit_refuse_change()
"""


class Migration(migrations.Migration):
    """Filled from the facts of lots, found by an index, and fixed with the rest of a document."""

    atomic = False

    dependencies = [("billing", "0011_documents_of_runs")]

    operations = [
        migrations.RunSQL(SAID, migrations.RunSQL.noop),
        migrations.RunSQL(
            "ALTER TABLE billing_invoice VALIDATE CONSTRAINT billing_invoice_run_fk", migrations.RunSQL.noop
        ),
        migrations.RunSQL(FIXED, "DROP TRIGGER billing_invoice_run_fixed ON billing_invoice"),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name="invoice",
            index=models.Index(condition=models.Q(("run__isnull", False)), fields=["run"], name="billing_invoice_run"),
        ),
    ]
