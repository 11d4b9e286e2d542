"""What became revenue, what was accrued, and what reconciliations found. Rows of revenue are never changed."""

import caudal.kit.world
import django.db.models.deletion
from django.db import migrations, models


def append_only(table: str) -> migrations.RunSQL:
    """Refuse to change, delete or empty the rows of a table."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
        CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION kit_refuse_change();
        """,
        f"DROP TRIGGER {table}_append_only ON {table}; DROP TRIGGER {table}_not_emptied ON {table};",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0006_agreements'),
        ('ledger', '0006_costs'),
        ('workspace', '0013_refund_limit'),
    ]

    operations = [
        migrations.CreateModel(
            name='Reconciliation',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('custom', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(editable=False)),
                ('created_by', models.CharField(editable=False, max_length=64)),
                ('changed_at', models.DateTimeField(editable=False)),
                ('changed_by', models.CharField(editable=False, max_length=64)),
                ('deleted_at', models.DateTimeField(editable=False, null=True)),
                ('deleted_by', models.CharField(editable=False, max_length=64, null=True)),
                ('as_of', models.DateTimeField()),
                ('red', models.BigIntegerField()),
                ('checks', models.JSONField(default=list)),
            ],
            options={
                'indexes': [models.Index(fields=['-as_of', '-id'], name='billing_reconciled_latest')],
            },
        ),
        migrations.CreateModel(
            name='AccruedRow',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('obligation', models.CharField(max_length=260)),
                ('text', models.CharField(max_length=300)),
                ('stream', models.CharField(max_length=20)),
                ('quantity', models.DecimalField(decimal_places=12, max_digits=38)),
                ('month', models.DateField()),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('entry', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.journalentry')),
                ('pillar', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workspace.pillar')),
                ('line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accrued', to='billing.invoiceline')),
                ('subscription', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accrued', to='billing.subscription')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('entry', 'subscription', 'obligation'), name='billing_accrued_once'), models.UniqueConstraint(condition=models.Q(('line__isnull', False)), fields=('entry', 'line'), name='billing_accrued_line_once'), models.CheckConstraint(condition=models.Q(('subscription__isnull', True), ('line__isnull', True), _connector='XOR'), name='billing_accrued_of_one'), models.CheckConstraint(condition=models.Q(('amount_minor', 0), _negated=True), name='billing_accrued_something'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='billing_accrued_currency'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='billing_accrued_month')],
            },
        ),
        migrations.CreateModel(
            name='RecognisedRow',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('month', models.DateField()),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('entry', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.journalentry')),
                ('line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='recognised', to='billing.invoiceline')),
            ],
            options={
                'indexes': [models.Index(fields=['entry'], name='billing_recognised_entry')],
                'constraints': [models.UniqueConstraint(fields=('line', 'entry'), name='billing_recognised_once'), models.CheckConstraint(condition=models.Q(('amount_minor', 0), _negated=True), name='billing_recognised_something'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='billing_recognised_currency'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='billing_recognised_month')],
            },
        ),
        migrations.CreateModel(
            name='RecognisedMonth',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('month', models.DateField()),
                ('recognised_at', models.DateTimeField()),
                ('recognised_by', models.CharField(max_length=64)),
                ('lines', models.PositiveIntegerField()),
                ('accrued', models.PositiveIntegerField()),
                ('unpriced', models.PositiveIntegerField(default=0)),
                ('entity', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workspace.legalentity')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('entity', 'month'), name='billing_recognised_month_once'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='billing_recognised_month_first')],
            },
        ),
        append_only('billing_recognisedmonth'),
        append_only('billing_recognisedrow'),
        append_only('billing_accruedrow'),
    ]
