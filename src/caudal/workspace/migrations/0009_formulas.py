"""Formulas: fields of one's own that are computed, and how the database finds rows by them."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

INDEXING = r"""
-- The roles that serve own no tables. This runs with the rights of the owner, and so takes nothing on trust: the text is
-- made of the words, signs and literals below and of columns of the table, and its brackets close, or it is refused.
CREATE FUNCTION own_formula_index(field uuid, target regclass, expression text) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    own record;
    name text := 'own_' || replace(field::text, '-', '');
    bare text;
    sign text;
    depth integer := 0;
    words text[] := ARRAY[
        'and', 'or', 'not', 'is', 'null', 'true', 'false', 'case', 'when', 'then', 'else', 'end', 'in', 'between',
        'collate', 'from', 'numeric', 'date', 'text', 'boolean', 'timestamp', 'timestamptz', 'uuid', 'interval',
        'integer', 'round', 'floor', 'trunc', 'div', 'abs', 'sign', 'nullif', 'least', 'greatest', 'coalesce',
        'translate', 'position', 'length', 'starts_with', 'right', 'string_to_array', 'any', 'extract', 'epoch', 'year',
        'quarter', 'month', 'week', 'day', 'isodow', 'months', 'make_interval', 'date_trunc', 'own_text', 'own_number',
        'own_minor', 'own_date', 'own_boolean', 'own_uuid', 'own_several'
    ];
BEGIN
    SELECT f.result, f.retired_at, f.deleted_at INTO own FROM workspace_customfield f
        WHERE f.id = field AND f.type = 'formula';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no formula %', field USING ERRCODE = 'no_data_found';
    END IF;
    PERFORM FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'custom' AND NOT a.attisdropped
        JOIN pg_catalog.pg_attribute d ON d.attrelid = c.oid AND d.attname = 'deleted_at' AND NOT d.attisdropped
        WHERE c.oid = target AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
            AND a.atttypid = 'jsonb'::regtype AND pg_catalog.pg_get_userbyid(c.relowner) = current_user;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no table of records: %', target USING ERRCODE = 'undefined_table';
    END IF;
    IF own.retired_at IS NOT NULL OR own.deleted_at IS NOT NULL OR own.result = 'boolean' OR expression = '' THEN
        EXECUTE format('DROP INDEX IF EXISTS public.%I', name);
        RETURN '';
    END IF;
    IF pg_catalog.obj_description(to_regclass(format('public.%I', name)), 'pg_class') = md5(expression) THEN
        RETURN name;
    END IF;
    bare := replace(regexp_replace(expression, '''[^''\\]*''', '''''', 'g'), '"C"', '');
    IF length(expression) > 20000 OR bare ~ '[^a-z0-9_ ()+*/<>=.,:''-]' OR bare ~ '--|/\*' THEN
        RAISE EXCEPTION 'no formula: %', expression USING ERRCODE = 'syntax_error';
    END IF;
    PERFORM FROM regexp_matches(bare, '[a-z_][a-z0-9_]*', 'g') AS found (word)
        WHERE found.word[1] <> ALL (words) AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = found.word[1]
        );
    IF FOUND THEN
        RAISE EXCEPTION 'no formula: %', expression USING ERRCODE = 'undefined_function';
    END IF;
    FOREACH sign IN ARRAY regexp_split_to_array(bare, '') LOOP
        depth := depth + CASE sign WHEN '(' THEN 1 WHEN ')' THEN -1 ELSE 0 END;
        IF depth < 0 THEN
            EXIT;
        END IF;
    END LOOP;
    IF depth <> 0 THEN
        RAISE EXCEPTION 'no formula: %', expression USING ERRCODE = 'syntax_error';
    END IF;
    EXECUTE format('DROP INDEX IF EXISTS public.%I', name);
    -- Texts may be longer than an entry of a btree.
    EXECUTE format(
        'CREATE INDEX %I ON %s USING %s ((%s)) WHERE deleted_at IS NULL',
        name, target, CASE own.result WHEN 'text' THEN 'hash' ELSE 'btree' END, expression
    );
    EXECUTE format('COMMENT ON INDEX public.%I IS %L', name, md5(expression));
    EXECUTE format('ANALYZE %s', target);
    RETURN name;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("workspace", "0008_traces")]

    operations = [
        migrations.AddField(
            model_name="customfield",
            name="formula",
            field=models.TextField(blank=True, db_default="", default="", verbose_name="formula"),
        ),
        migrations.AddField(
            model_name="customfield",
            name="result",
            field=models.CharField(
                blank=True,
                choices=[
                    ("text", "Text"),
                    ("number", "Number"),
                    ("money", "Amount of money"),
                    ("date", "Day"),
                    ("instant", "Day and time"),
                    ("boolean", "Yes or no"),
                ],
                db_default="",
                default="",
                editable=False,
                max_length=10,
                verbose_name="yields",
            ),
        ),
        migrations.AlterField(
            model_name="customfield",
            name="type",
            field=models.CharField(
                choices=[
                    ("text", "Text"),
                    ("number", "Number"),
                    ("money", "Amount of money"),
                    ("date", "Day"),
                    ("choice", "One of several choices"),
                    ("several", "Any of several choices"),
                    ("boolean", "Yes or no"),
                    ("url", "Web address"),
                    ("link", "Another record"),
                    ("formula", "Formula"),
                ],
                max_length=10,
                verbose_name="type",
            ),
        ),
        # Every field that was there before fits: there was no formula.
        AddConstraintNotValid(
            model_name="customfield",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("type", "formula"),
                        models.Q(("formula", ""), _negated=True),
                        models.Q(("result", ""), _negated=True),
                    ),
                    models.Q(models.Q(("type", "formula"), _negated=True), ("formula", ""), ("result", "")),
                    _connector="OR",
                ),
                name="workspace_field_formula_whole",
            ),
        ),
        migrations.RunSQL(INDEXING, "DROP FUNCTION own_formula_index(uuid, regclass, text);"),
    ]
