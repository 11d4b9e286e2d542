"""Lines are held against their own document alone, however many there are, and no column is indexed twice."""

import django.contrib.postgres.operations
import django.db.models.deletion
from django.db import migrations, models

BELONG = """
CREATE OR REPLACE FUNCTION billing_lines_belong() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT a.invoice_id FROM added AS a) AS of_document
        JOIN billing_invoice AS i ON i.id = of_document.invoice_id AND i.state <> 'draft'
        {lines}
    ) THEN
        RAISE EXCEPTION 'lines are written with their document'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_lines_belong';
    END IF;
    RETURN NULL;
END $$;
"""
# A join invites a plan that reads the whole table; counted apart, the lines of each document are found by its key.
APART = """CROSS JOIN LATERAL (SELECT count(*) AS lines FROM billing_invoiceline AS l WHERE l.invoice_id = i.id) AS has
        WHERE has.lines > i.line_count"""
JOINED = """JOIN billing_invoiceline AS l ON l.invoice_id = i.id
        GROUP BY i.id HAVING count(*) > i.line_count"""


def unindexed(model: str, name: str, to: str, related: str, index: str, *, null: bool) -> migrations.RunSQL:
    """Drop the index that a foreign key brought along."""
    key = models.ForeignKey(to, django.db.models.deletion.PROTECT, null=null, related_name=related, db_index=False)
    state = migrations.AlterField(model_name=model, name=name, field=key)
    made = f"CREATE INDEX CONCURRENTLY {index} ON billing_{model} ({name}_id)"
    return migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {index}", made, state_operations=[state])


class Migration(migrations.Migration):
    """New guard, two indexes of what is rarely said, and four fewer."""

    atomic = False

    dependencies = [
        ("billing", "0008_earning"),
    ]

    operations = [
        migrations.RunSQL(BELONG.format(lines=APART), BELONG.format(lines=JOINED)),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("contract__isnull", False)), fields=["contract"], name="billing_invoice_contract"
            ),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("corrects__isnull", False)), fields=["corrects"], name="billing_invoice_corrects"
            ),
        ),
        unindexed(
            "invoice", "contract", "billing.contract", "invoices", "billing_invoice_contract_id_f1f80c0a", null=True
        ),
        unindexed(
            "invoice", "corrects", "billing.invoice", "corrections", "billing_invoice_corrects_id_8155d10c", null=True
        ),
        unindexed(
            "invoice", "customer", "billing.customer", "invoices", "billing_invoice_customer_id_12e1ebba", null=False
        ),
        unindexed(
            "invoiceline",
            "corrects",
            "billing.invoiceline",
            "corrections",
            "billing_invoiceline_corrects_id_721e62fc",
            null=True,
        ),
    ]
