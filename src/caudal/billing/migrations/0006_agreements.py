"""Contracts that renew and end, what is spent at least under them, and subscriptions that end with them."""

import django.db.models.deletion
from django.db import migrations, models

import caudal.kit.world

ALIGNMENTS = [
    ("anniversary", "The day it began"),
    ("calendar", "The calendar"),
    ("billing_day", "A day of the month"),
    ("given_day", "The end of its contract"),
]
SORTS = [
    ("start", "Began"),
    ("plan", "Changed"),
    ("seats", "Other number of seats"),
    ("add_ons", "Other add-ons"),
    ("pause", "Paused"),
    ("resume", "Went on"),
    ("cancel", "Cancelled"),
    ("renew", "Renewed"),
    ("keep", "Kept: what was to come is taken back"),
]


APPEND_ONLY = migrations.RunSQL(
    """
    CREATE TRIGGER billing_contractcommitment_append_only BEFORE UPDATE OR DELETE ON billing_contractcommitment
        FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
    CREATE TRIGGER billing_contractcommitment_not_emptied BEFORE TRUNCATE ON billing_contractcommitment
        FOR EACH STATEMENT EXECUTE FUNCTION kit_refuse_change();
    """,
    """
    DROP TRIGGER billing_contractcommitment_append_only ON billing_contractcommitment;
    DROP TRIGGER billing_contractcommitment_not_emptied ON billing_contractcommitment;
    """,
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_recurring")]
    operations = [
        migrations.CreateModel(
            name="ContractCommitment",
            fields=[
                ("id", models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("from_day", models.DateField()),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("amount_currency", models.CharField(max_length=3, null=True)),
                ("months", models.PositiveIntegerField()),
                ("decided_at", models.DateTimeField()),
                ("decided_by", models.CharField(max_length=64)),
                (
                    "contract",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commitments",
                        to="billing.contract",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("contract", "number"), name="billing_commitment_number"),
                    models.CheckConstraint(
                        condition=models.Q(months__gte=1, months__lte=120), name="billing_commitment_months"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(amount_currency__isnull=True, amount_minor__isnull=True)
                        | models.Q(amount_currency__isnull=False, amount_minor__isnull=False),
                        name="billing_commitment_amount_whole",
                    ),
                ]
            },
        ),
        APPEND_ONLY,
        migrations.AddField("contract", "due_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField("contract", "ended_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField("contract", "notice_day", models.DateField(blank=True, editable=False, null=True)),
        migrations.AddField("subscription", "anchor_day", models.DateField(editable=False, null=True)),
        migrations.AddField(
            "subscription", "end_day", models.DateField(blank=True, null=True, verbose_name="until")
        ),
        migrations.AddField(
            "subscription",
            "with_contract",
            models.BooleanField(db_default=False, default=False, verbose_name="ends with its contract"),
        ),
        migrations.AlterField(
            "subscription",
            "alignment",
            models.CharField(
                choices=ALIGNMENTS, default="anniversary", max_length=12, verbose_name="periods begin with"
            ),
        ),
        migrations.AlterField("subscriptionchange", "sort", models.CharField(choices=SORTS, max_length=10)),
    ]
