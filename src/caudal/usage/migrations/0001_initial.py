"""The tables of usage. Identity is partitioned by hash and unique for ever; events by the month of their recording.

The roles that serve own no tables, so a month's partition is made by a function with the rights of the owner.
"""

import caudal.kit.world
import caudal.usage.models
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

IDENTITIES = """
CREATE TABLE usage_identity (
    source varchar(200) COLLATE "C" NOT NULL,
    key varchar(200) COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    event uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (source, key)
) PARTITION BY HASH (source, key);
""" + "".join(
    f"CREATE TABLE usage_identity_{part} PARTITION OF usage_identity FOR VALUES WITH (MODULUS 8, REMAINDER {part});\n"
    for part in range(8)
)
EVENTS = """
CREATE TABLE usage_event (
    recorded_at timestamptz NOT NULL,
    id uuid NOT NULL,
    batch uuid NOT NULL,
    source varchar(200) COLLATE "C" NOT NULL,
    key varchar(200) COLLATE "C" NOT NULL,
    type varchar(200) COLLATE "C" NOT NULL,
    subject varchar(200) COLLATE "C" NOT NULL,
    occurred_at timestamptz NULL,
    corrects varchar(200) COLLATE "C" NOT NULL,
    data jsonb NULL,
    PRIMARY KEY (recorded_at, id)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX usage_event_type ON usage_event (type, recorded_at);

CREATE FUNCTION usage_event_month(at timestamptz) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    first timestamptz := date_trunc('month', at, 'UTC');
    part text := 'usage_event_' || to_char(first AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
    IF to_regclass('public.' || part) IS NOT NULL THEN
        RETURN part;
    END IF;
    IF at < '2000-01-01' OR at >= '2200-01-01' THEN
        RAISE EXCEPTION 'no month of usage: %', at USING ERRCODE = 'datetime_field_overflow';
    END IF;
    -- A table that is attached keeps nobody waiting who reads the others; one that is made in place does.
    EXECUTE format('CREATE TABLE public.%I (LIKE public.usage_event)', part);
    EXECUTE format(
        'ALTER TABLE public.usage_event ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        part, first, (first AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'
    );
    RETURN part;
END $$;
"""
GUARDS = """
CREATE TRIGGER usage_identity_append_only BEFORE UPDATE OR DELETE ON usage_identity
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
CREATE TRIGGER usage_identity_not_emptied BEFORE TRUNCATE ON usage_identity
    FOR EACH STATEMENT EXECUTE FUNCTION kit_refuse_change();
CREATE TRIGGER usage_event_append_only BEFORE UPDATE OR DELETE ON usage_event
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
CREATE TRIGGER usage_event_not_emptied BEFORE TRUNCATE ON usage_event
    FOR EACH STATEMENT EXECUTE FUNCTION kit_refuse_change();

CREATE FUNCTION usage_reading_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.known_until IS NOT NULL OR NEW.known_until IS NULL
        OR to_jsonb(OLD) - 'known_until' <> to_jsonb(NEW) - 'known_until' THEN
        RAISE EXCEPTION 'a reading is only closed, once'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'usage_reading_keeps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER usage_reading_keeps BEFORE UPDATE OR DELETE ON usage_reading
    FOR EACH ROW EXECUTE FUNCTION usage_reading_keeps();
CREATE TRIGGER usage_reading_not_emptied BEFORE TRUNCATE ON usage_reading
    FOR EACH STATEMENT EXECUTE FUNCTION kit_refuse_change();
"""
UNGUARD = """
DROP TRIGGER usage_reading_not_emptied ON usage_reading;
DROP TRIGGER usage_reading_keeps ON usage_reading;
DROP FUNCTION usage_reading_keeps();
DROP TRIGGER usage_event_not_emptied ON usage_event;
DROP TRIGGER usage_event_append_only ON usage_event;
DROP TRIGGER usage_identity_not_emptied ON usage_identity;
DROP TRIGGER usage_identity_append_only ON usage_identity;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('crm', '0019_how_rare_tags_are'),
        ('kit', '0002_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=64)),
                ('accepted', models.PositiveIntegerField()),
                ('duplicate', models.PositiveIntegerField()),
                ('conflicting', models.PositiveIntegerField()),
                ('refused', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Hour',
            fields=[
                ('pk', models.CompositePrimaryKey('company', 'meter', 'hour', 'subject', blank=True, editable=False, primary_key=True, serialize=False)),
                ('company', models.UUIDField()),
                ('meter', models.UUIDField()),
                ('hour', models.DateTimeField()),
                ('subject', models.UUIDField()),
                ('count', models.BigIntegerField()),
                ('total', models.DecimalField(decimal_places=12, max_digits=60)),
                ('moment', models.DecimalField(decimal_places=18, max_digits=80)),
                ('largest', models.DecimalField(decimal_places=12, max_digits=38, null=True)),
                ('latest', models.DecimalField(decimal_places=12, max_digits=38, null=True)),
                ('latest_at', models.DateTimeField(null=True)),
                ('latest_source', models.CharField(db_collation='C', max_length=200, null=True)),
                ('latest_key', models.CharField(db_collation='C', max_length=200, null=True)),
                ('touched_at', models.DateTimeField()),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(IDENTITIES, "DROP TABLE usage_identity")],
            state_operations=[
                migrations.CreateModel(
                    name='Identity',
                    fields=[
                        ('pk', models.CompositePrimaryKey('source', 'key', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('source', models.CharField(db_collation='C', max_length=200)),
                        ('key', models.CharField(db_collation='C', max_length=200)),
                        ('digest', models.BinaryField()),
                        ('event', models.UUIDField()),
                        ('recorded_at', models.DateTimeField()),
                    ],
                ),
            ],
        ),
        migrations.CreateModel(
            name='Conflict',
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
                ('source', models.CharField(db_collation='C', max_length=200)),
                ('key', models.CharField(db_collation='C', max_length=200)),
                ('digest', models.BinaryField()),
                ('sent', models.JSONField(decoder=caudal.usage.models.ExactDecoder)),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_by', models.CharField(max_length=64, null=True)),
                ('settled_as', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('settled_at', None)), fields=['-created_at'], name='usage_conflict_open')],
                'constraints': [models.UniqueConstraint(fields=('source', 'key', 'digest'), name='usage_conflict_once')],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('event', models.UUIDField(primary_key=True, serialize=False)),
                ('source', models.CharField(db_collation='C', max_length=200)),
                ('target', models.CharField(db_collation='C', max_length=200)),
                ('key', models.CharField(db_collation='C', max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('stands', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(fields=['source', 'target'], name='usage_correction_target')],
                'constraints': [models.UniqueConstraint(fields=('source', 'key'), name='usage_correction_once')],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(EVENTS, "DROP FUNCTION usage_event_month(timestamptz); DROP TABLE usage_event")],
            state_operations=[
                migrations.CreateModel(
                    name='Event',
                    fields=[
                        ('pk', models.CompositePrimaryKey('recorded_at', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('recorded_at', models.DateTimeField()),
                        ('id', models.UUIDField()),
                        ('batch', models.UUIDField()),
                        ('source', models.CharField(db_collation='C', max_length=200)),
                        ('key', models.CharField(db_collation='C', max_length=200)),
                        ('type', models.CharField(db_collation='C', max_length=200)),
                        ('subject', models.CharField(db_collation='C', max_length=200)),
                        ('occurred_at', models.DateTimeField(null=True)),
                        ('corrects', models.CharField(db_collation='C', max_length=200)),
                        ('data', models.JSONField(decoder=caudal.usage.models.ExactDecoder, null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['type', 'recorded_at'], name='usage_event_type')],
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name='Meter',
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
                ('code', models.CharField(db_collation='C', max_length=80, verbose_name='code')),
                ('label_en', models.CharField(max_length=120, verbose_name='name in English')),
                ('label_es', models.CharField(max_length=120, verbose_name='name in Spanish')),
                ('unit', models.CharField(blank=True, max_length=40, verbose_name='unit')),
                ('event_type', models.CharField(db_collation='C', max_length=200, verbose_name='event type')),
                ('filter', models.TextField(blank=True, verbose_name='only events where')),
                ('aggregation', models.CharField(choices=[('sum', 'Sum'), ('count', 'Number of events'), ('maximum', 'Largest value'), ('latest', 'Latest value'), ('unique', 'Different values'), ('weighted', 'Average over time')], max_length=10, verbose_name='adds up by')),
                ('quantity_property', models.CharField(blank=True, max_length=80, verbose_name='property with the quantity')),
                ('value_property', models.CharField(blank=True, max_length=80, verbose_name='property that is told apart')),
                ('amount_property', models.CharField(blank=True, max_length=80, verbose_name='property with the amount')),
                ('dimensions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None, verbose_name='dimensions')),
                ('takes_negative', models.BooleanField(default=False, verbose_name='takes negative quantities')),
                ('rounding', models.CharField(blank=True, choices=[('half_up', 'To the nearest, half up'), ('half_even', 'To the nearest, half to even'), ('up', 'Up'), ('down', 'Down')], max_length=10, verbose_name='rounding')),
                ('places', models.SmallIntegerField(default=0, verbose_name='decimal places')),
            ],
            options={
                'indexes': [models.Index(fields=['event_type'], name='usage_meter_type')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('code',), name='usage_meter_code', violation_error_message='Another meter has this code.'), models.CheckConstraint(condition=models.Q(models.Q(('code', ''), _negated=True), models.Q(('label_en', ''), _negated=True), models.Q(('event_type', ''), _negated=True)), name='usage_meter_named'), models.CheckConstraint(condition=models.Q(('aggregation__in', ['sum', 'count', 'maximum', 'latest', 'unique', 'weighted'])), name='usage_meter_aggregation'), models.CheckConstraint(condition=models.Q(('rounding', ''), ('rounding__in', ['half_up', 'half_even', 'up', 'down']), _connector='OR'), name='usage_meter_rounding'), models.CheckConstraint(condition=models.Q(models.Q(('aggregation', 'unique'), _negated=True), models.Q(('value_property', ''), _negated=True), _connector='OR'), name='usage_meter_value', violation_error_message='Different values are counted of a property: say which.')],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('company', models.UUIDField()),
                ('meter', models.UUIDField()),
                ('subject', models.UUIDField()),
                ('event', models.UUIDField()),
                ('source', models.CharField(db_collation='C', max_length=200)),
                ('key', models.CharField(db_collation='C', max_length=200)),
                ('occurred_at', models.DateTimeField()),
                ('known_from', models.DateTimeField()),
                ('known_until', models.DateTimeField(null=True)),
                ('quantity', models.DecimalField(decimal_places=12, max_digits=38)),
                ('value', models.CharField(db_collation='C', max_length=200)),
                ('amount', models.DecimalField(decimal_places=12, max_digits=38, null=True)),
                ('dimensions', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'meter', 'occurred_at'], name='usage_reading_when'), models.Index(fields=['known_from'], name='usage_reading_from'), models.Index(condition=models.Q(('known_until__isnull', False)), fields=['known_until'], name='usage_reading_until')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('known_until', None)), fields=('event', 'meter'), name='usage_reading_once')],
            },
        ),
        migrations.CreateModel(
            name='Turn',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('last_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='usage_turn_alone')],
            },
        ),
        migrations.CreateModel(
            name='Waiting',
            fields=[
                ('event', models.UUIDField(primary_key=True, serialize=False)),
                ('recorded_at', models.DateTimeField()),
                ('reason', models.CharField(choices=[('subject', 'Its subject is not known'), ('meter', 'No meter reads its type'), ('target', 'What it corrects has not arrived'), ('unreadable', 'A meter cannot read it')], max_length=10)),
                ('source', models.CharField(db_collation='C', max_length=200)),
                ('key', models.CharField(db_collation='C', max_length=200)),
                ('type', models.CharField(db_collation='C', max_length=200)),
                ('subject', models.CharField(db_collation='C', max_length=200)),
                ('occurred_at', models.DateTimeField(null=True)),
                ('meter', models.UUIDField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['subject'], name='usage_waiting_subject'), models.Index(fields=['type'], name='usage_waiting_type')],
            },
        ),
        migrations.CreateModel(
            name='MeterVersion',
            fields=[
                ('id', models.UUIDField(default=caudal.kit.world.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('known_from', models.DateTimeField()),
                ('aggregation', models.CharField(choices=[('sum', 'Sum'), ('count', 'Number of events'), ('maximum', 'Largest value'), ('latest', 'Latest value'), ('unique', 'Different values'), ('weighted', 'Average over time')], max_length=10)),
                ('rounding', models.CharField(blank=True, choices=[('half_up', 'To the nearest, half up'), ('half_even', 'To the nearest, half to even'), ('up', 'Up'), ('down', 'Down')], max_length=10)),
                ('places', models.SmallIntegerField(default=0)),
                ('meter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='usage.meter')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('meter', 'number'), name='usage_meter_version_once')],
            },
        ),
        migrations.CreateModel(
            name='Subject',
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
                ('key', models.CharField(db_collation='C', max_length=200, verbose_name='usage subject')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.company', verbose_name='company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key',), name='usage_subject_key', violation_error_message='This subject is known already.'), models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='usage_subject_named')],
            },
        ),
        migrations.RunSQL(GUARDS, UNGUARD),
    ]
