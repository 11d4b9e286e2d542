import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0013_traces'),
        ('workspace', '0004_response_hours'),
    ]

    operations = [
        migrations.CreateModel(
            name='EditedRow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place', models.PositiveIntegerField()),
                ('record', models.UUIDField()),
                ('version', models.PositiveIntegerField()),
                ('version_after', models.PositiveIntegerField(null=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('fits', 'Fits'), ('same', 'Same'), ('refused', 'Refused'), ('done', 'Done'), ('undone', 'Undone')], default='waiting', max_length=8)),
                ('why', models.JSONField(null=True)),
                ('operation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspace.operation')),
            ],
            options={
                'indexes': [models.Index(fields=['operation', 'state', 'place'], name='crm_edited_row_next')],
                'constraints': [models.UniqueConstraint(fields=('operation', 'record'), name='crm_edited_row_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), ('version_after__isnull', False)), models.Q(models.Q(('state', 'done'), _negated=True), ('version_after', None)), _connector='OR'), name='crm_edited_row_done_whole')],
            },
        ),
    ]
