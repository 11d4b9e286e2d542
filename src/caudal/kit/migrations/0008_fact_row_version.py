from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kit', '0007_traces'),
    ]

    operations = [
        migrations.AddField(
            model_name='recordedfactrow',
            name='row_version',
            field=models.PositiveIntegerField(null=True),
        ),
    ]
