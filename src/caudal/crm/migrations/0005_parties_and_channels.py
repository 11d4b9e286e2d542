import caudal.kit.world
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0004_leads_by_name'),
    ]

    operations = [
        migrations.AddField(
            model_name='company',
            name='bare_key',
            field=models.CharField(db_default='', default='', editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='company',
            name='city',
            field=models.CharField(blank=True, db_default='', default='', max_length=120, verbose_name='city'),
        ),
        migrations.AddField(
            model_name='company',
            name='country_code',
            field=models.CharField(db_default='', default='', editable=False, max_length=2),
        ),
        migrations.AddField(
            model_name='company',
            name='family_domain',
            field=models.CharField(db_default='', default='', editable=False, max_length=253),
        ),
        migrations.AddField(
            model_name='company',
            name='phone',
            field=models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='phone'),
        ),
        migrations.AddField(
            model_name='company',
            name='phone_e164',
            field=models.CharField(db_default='', default='', editable=False, max_length=16),
        ),
        migrations.AddField(
            model_name='company',
            name='postal_code',
            field=models.CharField(blank=True, db_default='', default='', max_length=20, verbose_name='postal code'),
        ),
        migrations.AddField(
            model_name='company',
            name='region',
            field=models.CharField(blank=True, db_default='', default='', max_length=120, verbose_name='region'),
        ),
        migrations.AddField(
            model_name='company',
            name='sales_model',
            field=models.CharField(blank=True, choices=[('self_service', 'Self-service'), ('inside', 'Inside sales'), ('field', 'Field sales'), ('channel', 'Channel sales'), ('enterprise', 'Enterprise sales'), ('api', 'API sales'), ('white_label', 'White label'), ('direct', 'Direct to consumers'), ('corporate', 'Corporate'), ('partner', 'Through partners')], db_default='', default='', max_length=16, verbose_name='sales model'),
        ),
        migrations.AddField(
            model_name='company',
            name='street',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='street'),
        ),
        migrations.AddField(
            model_name='deal',
            name='sales_model',
            field=models.CharField(blank=True, choices=[('self_service', 'Self-service'), ('inside', 'Inside sales'), ('field', 'Field sales'), ('channel', 'Channel sales'), ('enterprise', 'Enterprise sales'), ('api', 'API sales'), ('white_label', 'White label'), ('direct', 'Direct to consumers'), ('corporate', 'Corporate'), ('partner', 'Through partners')], db_default='', default='', max_length=16, verbose_name='sales model'),
        ),
        migrations.AddField(
            model_name='person',
            name='city',
            field=models.CharField(blank=True, db_default='', default='', max_length=120, verbose_name='city'),
        ),
        migrations.AddField(
            model_name='person',
            name='country',
            field=models.CharField(blank=True, db_default='', default='', max_length=80, verbose_name='country'),
        ),
        migrations.AddField(
            model_name='person',
            name='country_code',
            field=models.CharField(db_default='', default='', editable=False, max_length=2),
        ),
        migrations.AddField(
            model_name='person',
            name='language',
            field=models.CharField(blank=True, db_default='', default='', max_length=16, validators=[django.core.validators.RegexValidator('^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$', 'Languages are written like es, or pt-BR.')], verbose_name='language'),
        ),
        migrations.AddField(
            model_name='person',
            name='other_emails',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.EmailField(max_length=254), blank=True, db_default=[], default=list, size=None, verbose_name='other e-mail addresses'),
        ),
        migrations.AddField(
            model_name='person',
            name='other_phones',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None, verbose_name='other phones'),
        ),
        migrations.AddField(
            model_name='person',
            name='phone_keys',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), db_default=[], default=list, editable=False, size=None),
        ),
        migrations.CreateModel(
            name='Channel',
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
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('name_key', models.CharField(editable=False, max_length=80)),
                ('sort', models.CharField(blank=True, choices=[('organic', 'Content and search'), ('paid', 'Paid advertising'), ('social', 'Social media'), ('email', 'E-mail marketing'), ('event', 'Webinars and events'), ('partner', 'Partners'), ('referral', 'Referrals'), ('outbound', 'Outbound'), ('product', 'Our own site and product'), ('other', 'Other')], default='other', max_length=16, verbose_name='kind')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='crm_channel_named'), models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('name_key',), name='crm_channel_name', violation_error_message='There is already a channel of this name.')],
            },
        ),
        migrations.CreateModel(
            name='Competitor',
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
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_key', models.CharField(editable=False, max_length=120)),
                ('domain', models.CharField(blank=True, max_length=253, verbose_name='web domain')),
                ('note', models.TextField(blank=True, verbose_name='note')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='crm_competitor_named'), models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('name_key',), name='crm_competitor_name', violation_error_message='There is already a competitor of this name.')],
            },
        ),
        migrations.CreateModel(
            name='DealCompetitor',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('deal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='competitors', to='crm.deal')),
                ('competitor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='crm.competitor')),
                ('seen_at', models.DateTimeField()),
                ('seen_by', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('deal', 'competitor'), name='crm_deal_competitor_once')],
            },
        ),
        migrations.CreateModel(
            name='KeptApart',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='kept_apart_from', to='crm.company')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='kept_apart_of', to='crm.company')),
                ('said_at', models.DateTimeField()),
                ('said_by', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='crm_apart_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='crm_apart_in_order')],
            },
        ),
        migrations.CreateModel(
            name='LossTo',
            fields=[
                ('close', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='loss_to', serialize=False, to='crm.dealclose')),
                ('competitor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='losses', to='crm.competitor')),
            ],
        ),
        migrations.CreateModel(
            name='Touch',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('lead', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='touches', to='crm.lead')),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='touches', to='crm.person')),
                ('company', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='touches', to='crm.company')),
                ('channel', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='touches', to='crm.channel')),
                ('campaign', models.CharField(blank=True, max_length=200, verbose_name='campaign')),
                ('source_url', models.CharField(blank=True, max_length=2000, verbose_name='address of the page')),
                ('utm', models.JSONField(default=dict)),
                ('touched_at', models.DateTimeField()),
                ('noted_by', models.CharField(max_length=64)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('lead', None), _negated=True), fields=['lead', 'touched_at'], name='crm_touch_of_lead'), models.Index(condition=models.Q(('person', None), _negated=True), fields=['person', 'touched_at'], name='crm_touch_of_person'), models.Index(condition=models.Q(('company', None), _negated=True), fields=['company', 'touched_at'], name='crm_touch_of_company'), models.Index(fields=['channel', 'touched_at'], name='crm_touch_of_channel')],
                'constraints': [models.CheckConstraint(condition=models.Q(('company', None), ('lead', None), ('person', None), _negated=True), name='crm_touch_of_somebody')],
            },
        ),
    ]
