import caudal.kit.world
import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0009_stage_needed'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tag',
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
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('name_key', models.CharField(editable=False, max_length=40)),
                ('tone', models.CharField(blank=True, choices=[('idle', 'Grey: nothing in particular'), ('accent', 'Teal: to look at'), ('good', 'Green: good news'), ('warn', 'Amber: with care'), ('bad', 'Red: a problem'), ('plan', 'Violet: planned')], default='idle', max_length=16, verbose_name='colour')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='crm_tag_named'),
                    models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('name_key',), name='crm_tag_name', violation_error_message='There is already a tag of this name; merge the two instead.'),
                ],
            },
        ),
        migrations.AddField(
            model_name='company',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None, verbose_name='tags'),
        ),
        migrations.AddField(
            model_name='deal',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None, verbose_name='tags'),
        ),
        migrations.AddField(
            model_name='lead',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None, verbose_name='tags'),
        ),
        migrations.AddField(
            model_name='person',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None, verbose_name='tags'),
        ),
    ]
