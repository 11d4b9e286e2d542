"""Ways to buy products, their charges, and prices that are never edited: the table itself refuses it."""

import caudal.kit.world
import django.db.models.deletion
from django.db import migrations, models


FIXED = "charge_id, currency, number, from_date, existing_from_date, price"
REFUSE = f"""
CREATE TRIGGER catalog_price_fixed BEFORE UPDATE OF {FIXED} ON catalog_priceversion
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
"""
ALLOW = "DROP TRIGGER catalog_price_fixed ON catalog_priceversion;"


class Migration(migrations.Migration):

    dependencies = [
        ('kit', '0002_append_only'),
        ('catalog', '0002_traces'),
    ]

    operations = [
        migrations.CreateModel(
            name='Offering',
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
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_key', models.CharField(editable=False, max_length=200)),
                ('code', models.CharField(max_length=80, verbose_name='code')),
                ('role', models.CharField(choices=[('main', 'By itself'), ('add_on', 'Add-on')], default='main', max_length=10, verbose_name='bought')),
                ('interval', models.CharField(choices=[('once', 'Once'), ('month', 'Months'), ('year', 'Years')], default='month', max_length=10, verbose_name='paid every')),
                ('interval_count', models.PositiveIntegerField(default=1, verbose_name='how many')),
                ('timing', models.CharField(choices=[('advance', 'In advance'), ('arrears', 'In arrears')], default='advance', max_length=10, verbose_name='invoiced')),
                ('trial_days', models.PositiveIntegerField(default=0, verbose_name='trial (days)')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offerings', to='catalog.product', verbose_name='product')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('code',), name='catalog_offering_code', violation_error_message='Another offering has this code.'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='catalog_offering_named'), models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='catalog_offering_coded'), models.CheckConstraint(condition=models.Q(('role__in', ['main', 'add_on'])), name='catalog_offering_role'), models.CheckConstraint(condition=models.Q(('timing__in', ['advance', 'arrears'])), name='catalog_offering_timing'), models.CheckConstraint(condition=models.Q(('interval__in', ['once', 'month', 'year']), ('interval_count__gte', 1), ('interval_count__lte', 120), models.Q(models.Q(('interval', 'once'), _negated=True), ('interval_count', 1), _connector='OR')), name='catalog_offering_interval'), models.CheckConstraint(condition=models.Q(('trial_days__lte', 730), models.Q(models.Q(('interval', 'once'), _negated=True), ('trial_days', 0), _connector='OR')), name='catalog_offering_trial', violation_error_message='What is paid once has no trial.')],
            },
        ),
        migrations.CreateModel(
            name='Bundle',
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
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('code', models.CharField(max_length=80, verbose_name='code')),
                ('discount_percent', models.DecimalField(decimal_places=4, default=0, max_digits=7, verbose_name='discount (per cent)')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('code',), name='catalog_bundle_code', violation_error_message='Another bundle has this code.'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('code', ''), _negated=True)), name='catalog_bundle_named'), models.CheckConstraint(condition=models.Q(('discount_percent__gte', 0), ('discount_percent__lte', 100)), name='catalog_bundle_discount')],
            },
        ),
        migrations.CreateModel(
            name='Feature',
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
                ('code', models.CharField(max_length=80, verbose_name='code')),
                ('sort', models.CharField(choices=[('switch', 'Yes or no'), ('number', 'A number, or no limit'), ('text', 'Words')], default='switch', max_length=10, verbose_name='says')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('code',), name='catalog_feature_code', violation_error_message='Another feature has this code.'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('code', ''), _negated=True)), name='catalog_feature_named'), models.CheckConstraint(condition=models.Q(('sort__in', ['switch', 'number', 'text'])), name='catalog_feature_sort')],
            },
        ),
        migrations.CreateModel(
            name='Retirement',
            fields=[
                ('offering', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='retirement', serialize=False, to='catalog.offering')),
                ('from_date', models.DateField()),
                ('retired_at', models.DateTimeField()),
                ('retired_by', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Charge',
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
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('code', models.CharField(max_length=80, verbose_name='code')),
                ('sort', models.CharField(choices=[('recurring', 'Every period'), ('seat', 'Per seat'), ('usage', 'By usage'), ('once', 'Once')], max_length=10, verbose_name='counted')),
                ('stream', models.CharField(choices=[('subscription', 'Subscription'), ('usage', 'Usage'), ('licence', 'Licence'), ('support', 'Support'), ('services', 'Services'), ('training', 'Training and certification'), ('partnership', 'Partnership'), ('data', 'Data'), ('api', 'API'), ('marketplace', 'Marketplace'), ('white_label', 'White label'), ('consulting', 'Consulting')], max_length=20, verbose_name='revenue stream')),
                ('meter', models.CharField(blank=True, max_length=80, verbose_name='meter')),
                ('unit', models.CharField(blank=True, max_length=40, verbose_name='unit')),
                ('offering', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='catalog.offering')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('offering', 'code'), name='catalog_charge_code', violation_error_message='Another charge of the offering has this code.'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('code', ''), _negated=True)), name='catalog_charge_named'), models.CheckConstraint(condition=models.Q(('stream__in', ['subscription', 'usage', 'licence', 'support', 'services', 'training', 'partnership', 'data', 'api', 'marketplace', 'white_label', 'consulting'])), name='catalog_charge_stream'), models.CheckConstraint(condition=models.Q(models.Q(('sort', 'usage'), models.Q(('meter', ''), _negated=True)), models.Q(('sort__in', ['recurring', 'seat', 'once']), ('meter', '')), _connector='OR'), name='catalog_charge_meter', violation_error_message='A charge by usage names its meter, and no other does.')],
            },
        ),
        migrations.CreateModel(
            name='BundlePart',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('bundle', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='catalog.bundle')),
                ('offering', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bundles', to='catalog.offering')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('bundle', 'offering'), name='catalog_bundle_part_once')],
            },
        ),
        migrations.CreateModel(
            name='AddOn',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('add_on', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bases', to='catalog.offering')),
                ('base', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='add_ons', to='catalog.offering')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('base', 'add_on'), name='catalog_add_on_once'), models.CheckConstraint(condition=models.Q(('base', models.F('add_on')), _negated=True), name='catalog_add_on_of_another')],
            },
        ),
        migrations.CreateModel(
            name='OfferingFeature',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('value', models.JSONField(null=True)),
                ('feature', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offerings', to='catalog.feature')),
                ('offering', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='features', to='catalog.offering')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('offering', 'feature'), name='catalog_offering_feature_once')],
            },
        ),
        migrations.CreateModel(
            name='OfferingTerm',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('months', models.PositiveIntegerField()),
                ('discount_percent', models.DecimalField(decimal_places=4, max_digits=7)),
                ('offering', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='catalog.offering')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('offering', 'months'), name='catalog_term_once'), models.CheckConstraint(condition=models.Q(('months__gte', 1), ('months__lte', 240)), name='catalog_term_months'), models.CheckConstraint(condition=models.Q(('discount_percent__gte', 0), ('discount_percent__lte', 100)), name='catalog_term_discount')],
            },
        ),
        migrations.CreateModel(
            name='PriceVersion',
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
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('number', models.PositiveIntegerField(editable=False)),
                ('from_date', models.DateField(verbose_name='for new customers from')),
                ('existing_from_date', models.DateField(blank=True, null=True, verbose_name='for existing customers from')),
                ('price', models.JSONField()),
                ('charge', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='catalog.charge')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('charge', 'currency', 'from_date'), name='catalog_price_day', violation_error_message='The charge already has a price in this currency from this day on.'), models.UniqueConstraint(fields=('charge', 'currency', 'number'), name='catalog_price_number'), models.CheckConstraint(condition=models.Q(('existing_from_date', None), ('existing_from_date__gte', models.F('from_date')), _connector='OR'), name='catalog_price_existing', violation_error_message='A price cannot reach existing customers before new ones.'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='catalog_price_currency')],
            },
        ),
        migrations.CreateModel(
            name='VolumeDiscount',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('quantity_min', models.PositiveBigIntegerField()),
                ('discount_percent', models.DecimalField(decimal_places=4, max_digits=7)),
                ('charge', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='volume_discounts', to='catalog.charge')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('charge', 'quantity_min'), name='catalog_volume_once'), models.CheckConstraint(condition=models.Q(('quantity_min__gte', 1)), name='catalog_volume_quantity'), models.CheckConstraint(condition=models.Q(('discount_percent__gt', 0), ('discount_percent__lte', 100)), name='catalog_volume_discount')],
            },
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
