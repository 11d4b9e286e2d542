"""How far somebody sees, until when somebody comes in, and single records that are shared."""

import caudal.kit.world
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workspace', '0005_notifications'),
    ]

    operations = [
        migrations.CreateModel(
            name='Share',
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
                ('record_kind', models.CharField(max_length=40)),
                ('record', models.UUIDField()),
                ('may_change', models.BooleanField(default=False)),
                ('ends_at', models.DateTimeField(null=True, verbose_name='until')),
                ('member', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workspace.team')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('deleted_at', None)), fields=['member', 'record_kind'], name='workspace_share_of_member'), models.Index(condition=models.Q(('deleted_at', None)), fields=['team', 'record_kind'], name='workspace_share_of_team')],
                'constraints': [models.CheckConstraint(condition=models.Q(('member__isnull', True), ('team__isnull', True), _connector='XOR'), name='workspace_share_with_one'), models.UniqueConstraint(condition=models.Q(('deleted_at', None), ('member__isnull', False)), fields=('record_kind', 'record', 'member'), name='workspace_share_member'), models.UniqueConstraint(condition=models.Q(('deleted_at', None), ('team__isnull', False)), fields=('record_kind', 'record', 'team'), name='workspace_share_team')],
            },
        ),
        migrations.AddField(
            model_name='member',
            name='access_ends_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='access ends'),
        ),
        migrations.AddField(
            model_name='member',
            name='span',
            field=models.CharField(blank=True, choices=[('own', 'Only their own records'), ('team', 'The records of their team'), ('subtree', 'The records of their team and the teams below it'), ('all', 'All records')], db_default='', default='', max_length=8, verbose_name='sees'),
        ),
        migrations.AlterField(
            model_name='apikey',
            name='role',
            field=models.CharField(choices=[('admin', 'Administrator'), ('manager', 'Manager'), ('rep', 'Sales rep'), ('marketing', 'Marketing'), ('finance', 'Finance'), ('success', 'Customer success'), ('auditor', 'Auditor')], max_length=16, verbose_name='role'),
        ),
        migrations.AlterField(
            model_name='member',
            name='role',
            field=models.CharField(choices=[('admin', 'Administrator'), ('manager', 'Manager'), ('rep', 'Sales rep'), ('marketing', 'Marketing'), ('finance', 'Finance'), ('success', 'Customer success'), ('auditor', 'Auditor')], default='rep', max_length=16, verbose_name='role'),
        ),
        AddConstraintNotValid(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role', 'auditor'), _negated=True), ('access_ends_at__isnull', False), _connector='OR'), name='workspace_auditor_until', violation_error_message='Auditors come for a time: say until when.'),
        ),
        AddConstraintNotValid(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role', 'admin'), _negated=True), ('span', ''), _connector='OR'), name='workspace_admin_sees_all', violation_error_message='Administrators see everything.'),
        ),
    ]
