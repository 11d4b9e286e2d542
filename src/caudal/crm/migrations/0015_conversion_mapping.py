import caudal.kit.world
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0014_bulk_edits'),
    ]

    operations = [
        migrations.AddField(
            model_name='leadconversion',
            name='left',
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='leadconversion',
            name='made',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.CreateModel(
            name='ConversionMapping',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('custom', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(editable=False)),
                ('created_by', models.CharField(editable=False, max_length=64)),
                ('changed_at', models.DateTimeField(editable=False)),
                ('changed_by', models.CharField(editable=False, max_length=64)),
                ('deleted_at', models.DateTimeField(editable=False, null=True)),
                ('deleted_by', models.CharField(editable=False, max_length=64, null=True)),
                ('lines', models.JSONField(default=list)),
                ('only', models.BooleanField(default=True, editable=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('only',), name='crm_one_mapping'), models.CheckConstraint(condition=models.Q(('only', True)), name='crm_one_mapping_only')],
            },
        ),
    ]
