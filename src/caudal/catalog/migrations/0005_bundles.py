"""So many of each part of a bundle, and what a bundle costs from which day on."""

import django.db.models.deletion
from django.db import migrations, models

import caudal.kit.world

APPEND_ONLY = migrations.RunSQL(
    """
    CREATE TRIGGER catalog_bundleprice_append_only BEFORE UPDATE OR DELETE ON catalog_bundleprice
        FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
    """,
    "DROP TRIGGER catalog_bundleprice_append_only ON catalog_bundleprice;",
)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_products")]
    operations = [
        migrations.AddField("bundlepart", "quantity", models.PositiveIntegerField(db_default=1, default=1)),
        migrations.CreateModel(
            name="BundlePrice",
            fields=[
                ("id", models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("from_date", models.DateField()),
                ("amount_minor", models.BigIntegerField(null=True)),
                (
                    "bundle",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="catalog.bundle",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("bundle", "number"), name="catalog_bundle_price_number"),
                    models.CheckConstraint(
                        condition=models.Q(currency__regex="^[A-Z]{3}$"), name="catalog_bundle_currency"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(amount_minor=None) | models.Q(amount_minor__gte=0),
                        name="catalog_bundle_amount",
                    ),
                ]
            },
        ),
        APPEND_ONLY,
    ]
