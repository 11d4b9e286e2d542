import django.db.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0008_deal_lines'),
    ]

    operations = [
        migrations.AddField(
            model_name='stage',
            name='needed',
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
    ]
