"""Fields of one's own: their definitions, how SQL reads their values, and who may have them indexed."""

import caudal.kit.world
from django.db import migrations, models


READERS = r"""
CREATE FUNCTION own_text(custom jsonb, key text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(custom -> key) = 'string' THEN nullif(custom ->> key, '') END
$$;
CREATE FUNCTION own_number(custom jsonb, key text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(custom -> key) = 'number' THEN (custom ->> key)::numeric END
$$;
CREATE FUNCTION own_minor(custom jsonb, key text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(custom -> key -> 'minor') = 'number' THEN (custom -> key ->> 'minor')::numeric END
$$;
CREATE FUNCTION own_boolean(custom jsonb, key text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(custom -> key) = 'boolean' THEN (custom ->> key)::boolean END
$$;
-- Texts to days depends on settings of the session; numbers to days does not, and so can be indexed.
CREATE FUNCTION own_date(custom jsonb, key text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN jsonb_typeof(custom -> key) = 'string'
            AND custom ->> key ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
            AND substr(custom ->> key, 1, 4) <> '0000'
        THEN CASE
            WHEN substr(custom ->> key, 9, 2)::int <= extract(day FROM (
                make_date(substr(custom ->> key, 1, 4)::int, substr(custom ->> key, 6, 2)::int, 1)
                + interval '1 month' - interval '1 day'
            ))
            THEN make_date(
                substr(custom ->> key, 1, 4)::int, substr(custom ->> key, 6, 2)::int, substr(custom ->> key, 9, 2)::int
            )
        END
    END
$$;
CREATE FUNCTION own_uuid(custom jsonb, key text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN jsonb_typeof(custom -> key) = 'string'
            AND custom ->> key ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
        THEN (custom ->> key)::uuid
    END
$$;
CREATE FUNCTION own_several(custom jsonb, key text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(chosen.said, ', ' ORDER BY chosen.place)
    FROM jsonb_array_elements_text(
        CASE WHEN jsonb_typeof(custom -> key) = 'array' THEN custom -> key ELSE '[]'::jsonb END
    ) WITH ORDINALITY AS chosen (said, place)
$$;
"""
INDEXING = """
-- The roles that serve own no tables. This runs with the rights of the owner, and so takes nothing on trust: what is
-- indexed, and by what, comes out of the definition; the table has to be one of the owner's with such a column.
CREATE FUNCTION own_field_index(field uuid, target regclass) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    own record;
    name text := 'own_' || replace(field::text, '-', '');
    made text;
BEGIN
    SELECT f.key, f.type, f.retired_at, f.deleted_at INTO own FROM workspace_customfield f WHERE f.id = field;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no field %', field USING ERRCODE = 'no_data_found';
    END IF;
    IF own.key !~ '^[a-z][a-z0-9_]{0,39}$' THEN
        RAISE EXCEPTION 'no key of a field: %', own.key USING ERRCODE = 'invalid_name';
    END IF;
    PERFORM FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'custom' AND NOT a.attisdropped
        JOIN pg_catalog.pg_attribute d ON d.attrelid = c.oid AND d.attname = 'deleted_at' AND NOT d.attisdropped
        WHERE c.oid = target AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
            AND a.atttypid = 'jsonb'::regtype AND pg_catalog.pg_get_userbyid(c.relowner) = current_user;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no table of records: %', target USING ERRCODE = 'undefined_table';
    END IF;
    made := CASE own.type
        WHEN 'number' THEN format('USING btree (own_number(custom, %L))', own.key)
        WHEN 'money' THEN format('USING btree (own_minor(custom, %L))', own.key)
        WHEN 'date' THEN format('USING btree (own_date(custom, %L))', own.key)
        WHEN 'link' THEN format('USING btree (own_uuid(custom, %L))', own.key)
        -- Texts may be longer than an entry of a btree.
        WHEN 'choice' THEN format('USING hash (own_text(custom, %L))', own.key)
        WHEN 'text' THEN format('USING hash (own_text(custom, %L))', own.key)
    END;
    IF own.retired_at IS NOT NULL OR own.deleted_at IS NOT NULL OR made IS NULL THEN
        EXECUTE format('DROP INDEX IF EXISTS public.%I', name);
        RETURN '';
    END IF;
    EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %s %s WHERE deleted_at IS NULL', name, target, made);
    EXECUTE format('ANALYZE %s', target);
    RETURN name;
END $$;
"""
TAKE_AWAY = """
DROP FUNCTION own_field_index(uuid, regclass);
DROP FUNCTION own_text(jsonb, text);
DROP FUNCTION own_number(jsonb, text);
DROP FUNCTION own_minor(jsonb, text);
DROP FUNCTION own_boolean(jsonb, text);
DROP FUNCTION own_date(jsonb, text);
DROP FUNCTION own_uuid(jsonb, text);
DROP FUNCTION own_several(jsonb, text);
"""


class Migration(migrations.Migration):

    dependencies = [
        ("workspace", "0002_saved_views"),
    ]

    operations = [
        migrations.CreateModel(
            name='CustomField',
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
                ('key', models.CharField(max_length=40, verbose_name='key')),
                ('label', models.CharField(max_length=80, verbose_name='name')),
                ('label_es', models.CharField(blank=True, max_length=80, verbose_name='name in Spanish')),
                ('help', models.CharField(blank=True, max_length=200, verbose_name='help')),
                ('type', models.CharField(choices=[('text', 'Text'), ('number', 'Number'), ('money', 'Amount of money'), ('date', 'Day'), ('choice', 'One of several choices'), ('several', 'Any of several choices'), ('boolean', 'Yes or no'), ('url', 'Web address'), ('link', 'Another record')], max_length=10, verbose_name='type')),
                ('unit', models.CharField(blank=True, max_length=40, verbose_name='unit')),
                ('decimals', models.PositiveBigIntegerField(default=0, verbose_name='decimals')),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                ('options', models.JSONField(default=list, verbose_name='choices')),
                ('link_kind', models.CharField(blank=True, max_length=40, verbose_name='kind of record')),
                ('required', models.BooleanField(default=False, verbose_name='required')),
                ('position', models.PositiveBigIntegerField(default=0, verbose_name='place')),
                ('retired_at', models.DateTimeField(editable=False, null=True)),
                ('retired_by', models.CharField(blank=True, editable=False, max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['record_kind', 'position', 'id'], name='workspace_field_order')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('record_kind', 'key'), name='workspace_field_key', violation_error_message='This kind of record has a field with this key already.'), models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z][a-z0-9_]{0,39}$')), name='workspace_field_key_form'), models.CheckConstraint(condition=models.Q(('decimals__lte', 6)), name='workspace_field_decimals'), models.CheckConstraint(condition=models.Q(models.Q(('retired_at', None), ('retired_by', '')), models.Q(('retired_at__isnull', False), models.Q(('retired_by', ''), _negated=True)), _connector='OR'), name='workspace_field_retired_whole')],
            },
        ),
        migrations.RunSQL(READERS + INDEXING, TAKE_AWAY),
    ]
