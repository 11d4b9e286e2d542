"""What people agreed to, and whom we have promised to forget."""

import caudal.kit.world
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0015_conversion_mapping'),
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('record_kind', models.CharField(max_length=40)),
                ('record', models.UUIDField()),
                ('reason', models.CharField(max_length=16)),
                ('report', models.JSONField(default=dict)),
                ('erased_at', models.DateTimeField()),
                ('erased_by', models.CharField(max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['-erased_at', '-id'], name='crm_erasure_newest')],
            },
        ),
        migrations.CreateModel(
            name='ForgottenAddress',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('address_hash', models.CharField(max_length=64)),
                ('forgotten_at', models.DateTimeField()),
                ('forgotten_by', models.CharField(max_length=64)),
                ('released_at', models.DateTimeField(null=True)),
                ('released_by', models.CharField(max_length=64, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('address_hash',), name='crm_forgotten_once')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
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
                ('purpose', models.CharField(choices=[('newsletter', 'News and offers by e-mail'), ('calls', 'Calls about offers'), ('events', 'Invitations to webinars and events'), ('profile', 'A profile of what they are interested in'), ('partners', 'Passing their data on to partners')], max_length=16, verbose_name='purpose')),
                ('wording', models.TextField(verbose_name='the text that they saw')),
                ('wording_version', models.CharField(max_length=40, verbose_name='version of the text')),
                ('source', models.CharField(choices=[('form', 'A form on a page'), ('mail', 'An e-mail'), ('phone', 'A call'), ('paper', 'A signed paper'), ('meeting', 'In person'), ('other', 'Otherwise')], max_length=8, verbose_name='how they agreed')),
                ('proof', models.CharField(blank=True, max_length=400, verbose_name='proof')),
                ('given_at', models.DateTimeField(verbose_name='agreed')),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
                ('withdrawn_by', models.CharField(editable=False, max_length=64, null=True)),
                ('withdrawn_how', models.CharField(blank=True, choices=[('form', 'A form on a page'), ('mail', 'An e-mail'), ('phone', 'A call'), ('paper', 'A signed paper'), ('meeting', 'In person'), ('other', 'Otherwise')], max_length=8, verbose_name='how they withdrew it')),
                ('lead', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='crm.lead')),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='crm.person')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('person', None), _negated=True), fields=['person', 'given_at'], name='crm_consent_by_person'), models.Index(condition=models.Q(('lead', None), _negated=True), fields=['lead', 'given_at'], name='crm_consent_by_lead')],
                'constraints': [models.CheckConstraint(condition=models.Q(('person__isnull', True), ('lead__isnull', True), _connector='XOR'), name='crm_consent_of_one'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='crm_consent_withdrawn_whole'), models.CheckConstraint(condition=models.Q(('withdrawn_at', None), ('withdrawn_at__gte', models.F('given_at')), _connector='OR'), name='crm_consent_given_first'), models.UniqueConstraint(condition=models.Q(('deleted_at', None), ('person__isnull', False), ('withdrawn_at', None)), fields=('person', 'purpose'), name='crm_consent_of_person', violation_error_message='They have agreed to this already.'), models.UniqueConstraint(condition=models.Q(('deleted_at', None), ('lead__isnull', False), ('withdrawn_at', None)), fields=('lead', 'purpose'), name='crm_consent_of_lead', violation_error_message='They have agreed to this already.')],
            },
        ),
    ]
