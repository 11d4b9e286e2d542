from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is made while others write
    dependencies = [("kit", "0009_journal")]
    operations = [
        AddIndexConcurrently(
            model_name="recordedfactrow", index=models.Index(fields=["place", "nth", "id"], name="kit_fact_place")
        )
    ]
