import caudal.kit.world
import django.db.models.deletion
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0002_bin'),
    ]

    operations = [
        migrations.CreateModel(
            name='Activity',
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
                ('does', models.CharField(choices=[('call', 'Call'), ('email', 'E-mail'), ('meeting', 'Meeting'), ('demo', 'Demo'), ('visit', 'Visit'), ('note', 'Note'), ('task', 'Task')], max_length=8, verbose_name='kind')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='subject')),
                ('body', models.TextField(blank=True, verbose_name='notes')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('due_date', models.DateField(blank=True, null=True, verbose_name='due')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='due')),
                ('minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='minutes')),
                ('direction', models.CharField(blank=True, choices=[('out', 'Outgoing'), ('in', 'Incoming')], max_length=3, verbose_name='direction')),
                ('is_private', models.BooleanField(default=False, verbose_name='private')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('deleted_at', None)), fields=['owner', 'due_date'], name='crm_activity_day_of_owner'), models.Index(condition=models.Q(('deleted_at', None)), fields=['owner', 'due_at'], name='crm_activity_hour_of_owner'), models.Index(condition=models.Q(('deleted_at', None)), fields=['-changed_at', '-id'], name='crm_activity_by_change')],
                'constraints': [models.CheckConstraint(condition=models.Q(('due_date', None), ('due_at', None), _connector='OR'), name='crm_activity_one_due'), models.CheckConstraint(condition=models.Q(('does__in', ['call', 'email', 'meeting', 'demo', 'visit', 'note', 'task'])), name='crm_activity_kind')],
            },
        ),
        migrations.CreateModel(
            name='ActivityLink',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='crm.activity')),
                ('deal', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='activity_links', to='crm.deal')),
                ('lead', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='activity_links', to='crm.lead')),
                ('company', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='activity_links', to='crm.company')),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='activity_links', to='crm.person')),
                ('member', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=django.db.models.lookups.Exact(models.Func(models.F('deal'), models.F('lead'), models.F('company'), models.F('person'), models.F('member'), function='num_nonnulls', output_field=models.IntegerField()), 1), name='crm_activity_link_one'), models.UniqueConstraint(condition=models.Q(('deal__isnull', False)), fields=('deal', 'activity'), name='crm_activity_of_deal'), models.UniqueConstraint(condition=models.Q(('lead__isnull', False)), fields=('lead', 'activity'), name='crm_activity_of_lead'), models.UniqueConstraint(condition=models.Q(('company__isnull', False)), fields=('company', 'activity'), name='crm_activity_of_company'), models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('person', 'activity'), name='crm_activity_of_person'), models.UniqueConstraint(condition=models.Q(('member__isnull', False)), fields=('member', 'activity'), name='crm_activity_of_member')],
            },
        ),
        migrations.CreateModel(
            name='Completion',
            fields=[
                ('activity', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='completion', serialize=False, to='crm.activity')),
                ('outcome', models.CharField(blank=True, choices=[('reached', 'Reached'), ('no_answer', 'No answer'), ('voicemail', 'Voicemail'), ('wrong_number', 'Wrong number'), ('sent', 'Sent'), ('replied', 'Replied'), ('bounced', 'Bounced'), ('held', 'Held'), ('no_show', 'Nobody came'), ('cancelled', 'Cancelled'), ('completed', 'Completed'), ('dropped', 'Not needed any more')], max_length=12, verbose_name='outcome')),
                ('done_at', models.DateTimeField(verbose_name='done')),
                ('done_by', models.CharField(max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['done_at'], name='crm_completion_when')],
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'reached', 'no_answer', 'voicemail', 'wrong_number', 'sent', 'replied', 'bounced', 'held', 'no_show', 'cancelled', 'completed', 'dropped'])), name='crm_completion_outcome')],
            },
        ),
    ]
