"""Lets a month that is closed for no legal entity alone be closed for all of them."""

from django.db import migrations

OPEN = """
CREATE OR REPLACE FUNCTION ledger_entry_in_open_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(ledger_month_lock(NULL, NEW.day));
    PERFORM pg_advisory_xact_lock_shared(ledger_month_lock(NEW.entity_id, NEW.day));
    IF EXISTS (
        SELECT FROM ledger_closedmonth AS c
        WHERE c.month = date_trunc('month', NEW.day)::date AND (c.entity_id IS NULL OR c.entity_id = NEW.entity_id)
            AND c.reopened_at IS NULL
    ) THEN
        RAISE EXCEPTION '% is closed', to_char(NEW.day, 'YYYY-MM')
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_entry_month_open';
    END IF;
    RETURN NEW;
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION ledger_entry_in_open_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(ledger_month_lock(NEW.entity_id, NEW.day));
    IF EXISTS (
        SELECT FROM ledger_closedmonth AS c
        WHERE c.month = date_trunc('month', NEW.day)::date AND c.entity_id IS NOT DISTINCT FROM NEW.entity_id
            AND c.reopened_at IS NULL
    ) THEN
        RAISE EXCEPTION '% is closed', to_char(NEW.day, 'YYYY-MM')
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_entry_month_open';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_standard_budgets")]
    operations = [migrations.RunSQL(OPEN, BEFORE)]
