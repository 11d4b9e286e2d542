"""The least to change of plans, found once for whoever asks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plan", "0005_typed_actuals")]
    operations = [
        migrations.CreateModel(
            name="FoundRepair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                ("found", models.JSONField()),
                ("found_at", models.DateTimeField()),
            ],
        )
    ]
