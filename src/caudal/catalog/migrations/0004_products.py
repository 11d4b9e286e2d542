"""As what products are taxed from which day on, as which stream they count, and until when they are sold."""

import django.db.models.deletion
from django.db import migrations, models

import caudal.kit.world

STREAMS = [
    ("subscription", "Subscription"),
    ("usage", "Usage"),
    ("licence", "Licence"),
    ("support", "Support"),
    ("services", "Services"),
    ("training", "Training and certification"),
    ("partnership", "Partnership"),
    ("data", "Data"),
    ("api", "API"),
    ("marketplace", "Marketplace"),
    ("white_label", "White label"),
    ("consulting", "Consulting"),
]
TAX_KINDS = [("standard", "Standard rate"), ("reduced", "Reduced rate"), ("exempt", "Exempt")]
APPEND_ONLY = migrations.RunSQL(
    """
    CREATE TRIGGER catalog_producttaxkind_append_only BEFORE UPDATE OR DELETE ON catalog_producttaxkind
        FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
    """,
    "DROP TRIGGER catalog_producttaxkind_append_only ON catalog_producttaxkind;",
)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_offerings")]
    operations = [
        migrations.AddField(
            "product",
            "stream",
            models.CharField(
                blank=True, choices=STREAMS, db_default="", max_length=20, verbose_name="revenue stream"
            ),
        ),
        migrations.AddField(
            "product",
            "tax_kind",
            models.CharField(
                choices=TAX_KINDS, db_default="standard", default="standard", max_length=10, verbose_name="taxed"
            ),
        ),
        migrations.CreateModel(
            name="ProductTaxKind",
            fields=[
                ("id", models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("from_date", models.DateField()),
                ("tax_kind", models.CharField(choices=TAX_KINDS, max_length=10)),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_kinds",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("product", "number"), name="catalog_tax_kind_number"),
                    models.CheckConstraint(
                        condition=models.Q(tax_kind__in=["standard", "reduced", "exempt"]),
                        name="catalog_tax_kind_known",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="ProductRetirement",
            fields=[
                (
                    "product",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="retirement",
                        serialize=False,
                        to="catalog.product",
                    ),
                ),
                ("from_date", models.DateField()),
                ("retired_at", models.DateTimeField()),
                ("retired_by", models.CharField(max_length=64)),
            ],
        ),
        APPEND_ONLY,
    ]
