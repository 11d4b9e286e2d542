"""The catalogue is kept in memory for as long as nobody writes to it."""

from django.db import migrations

from caudal.kit.lasting import stamped


class Migration(migrations.Migration):
    """One group for all that says what something costs and as what it is taxed."""

    dependencies = [("catalog", "0005_bundles"), ("kit", "0012_stamps")]

    operations = [
        stamped(
            "catalog",
            "catalog_product",
            "catalog_producttaxkind",
            "catalog_offering",
            "catalog_charge",
            "catalog_priceversion",
            "catalog_volumediscount",
        )
    ]
