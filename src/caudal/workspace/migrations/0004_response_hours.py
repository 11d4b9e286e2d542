"""After how many hours of work a lead should have heard from us."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspace", "0003_own_fields")]

    operations = [
        migrations.AddField(
            model_name="companysettings",
            name="response_hours",
            field=models.PositiveIntegerField(db_default=4, default=4, verbose_name="hours to a first answer"),
        ),
        AddConstraintNotValid(
            model_name="companysettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("response_hours__range", (1, 90))), name="workspace_response_hours"
            ),
        ),
    ]
