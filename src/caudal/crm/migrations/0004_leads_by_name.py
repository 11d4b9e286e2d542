# Built beside the writes of a running installation: a list of leads that is sorted by name has an index to read.

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("crm", "0003_activities"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(
                condition=models.Q(("deleted_at", None)), fields=["name_key", "id"], name="crm_lead_by_name"
            ),
        ),
    ]
