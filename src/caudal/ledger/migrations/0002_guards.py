"""What holds whoever writes, by SQL of their own too: entries balance, are only added to, and stay out of closed months.

A month is closed and posted into under one lock per month, which those who post share: whoever comes second sees what
the first has done.
"""

from django.db import migrations

APPEND_ONLY = ("ledger_journalentry", "ledger_journalposting")
CHECKS = """
CREATE FUNCTION ledger_month_lock(entity uuid, day date) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT hashtextextended('ledger ' || coalesce(entity::text, '') || to_char(day, 'YYYY-MM'), 0)
$$;

CREATE FUNCTION ledger_entry_in_open_month() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER ledger_entry_month_open BEFORE INSERT ON ledger_journalentry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_in_open_month();

CREATE FUNCTION ledger_month_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(ledger_month_lock(NEW.entity_id, NEW.month));
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_month_alone BEFORE INSERT ON ledger_closedmonth
    FOR EACH ROW EXECUTE FUNCTION ledger_month_alone();

CREATE FUNCTION ledger_month_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.reopened_at IS NOT NULL OR NEW.month <> OLD.month OR NEW.entity_id IS DISTINCT FROM OLD.entity_id
        OR NEW.deleted_at IS NOT NULL THEN
        RAISE EXCEPTION 'a closed month is only reopened, once'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_month_keeps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_month_keeps BEFORE UPDATE ON ledger_closedmonth
    FOR EACH ROW EXECUTE FUNCTION ledger_month_keeps();
CREATE TRIGGER ledger_month_stays BEFORE DELETE ON ledger_closedmonth
    FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();

CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    counted bigint;
    uneven text;
BEGIN
    SELECT sum(c.lines), min(c.currency) FILTER (WHERE c.amount <> 0) INTO counted, uneven
    FROM (
        SELECT l.amount_currency AS currency, sum(l.amount_minor) AS amount, count(*) AS lines
        FROM ledger_journalposting AS l WHERE l.entry_id = NEW.id GROUP BY l.amount_currency
    ) AS c;
    IF uneven IS NOT NULL OR counted IS DISTINCT FROM NEW.posting_count THEN
        RAISE EXCEPTION 'entry %: % lines of %, uneven in %', NEW.id, coalesce(counted, 0), NEW.posting_count,
            coalesce(uneven, 'no currency')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();

CREATE FUNCTION ledger_postings_belong() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT a.entry_id FROM added AS a) AS of_entry
        JOIN ledger_journalentry AS e ON e.id = of_entry.entry_id
        JOIN ledger_journalposting AS l ON l.entry_id = e.id
        GROUP BY e.id HAVING count(*) > e.posting_count OR bool_or(l.day <> e.day)
    ) THEN
        RAISE EXCEPTION 'lines are posted with their entry, on its day'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_postings_belong';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_postings_belong AFTER INSERT ON ledger_journalposting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_postings_belong();
"""
FORGET = """
DROP TRIGGER ledger_postings_belong ON ledger_journalposting;
DROP FUNCTION ledger_postings_belong();
DROP TRIGGER ledger_entry_balanced ON ledger_journalentry;
DROP FUNCTION ledger_entry_balances();
DROP TRIGGER ledger_month_stays ON ledger_closedmonth;
DROP TRIGGER ledger_month_keeps ON ledger_closedmonth;
DROP FUNCTION ledger_month_keeps();
DROP TRIGGER ledger_month_alone ON ledger_closedmonth;
DROP FUNCTION ledger_month_alone();
DROP TRIGGER ledger_entry_month_open ON ledger_journalentry;
DROP FUNCTION ledger_entry_in_open_month();
DROP FUNCTION ledger_month_lock(uuid, date);
"""


def append_only(table: str) -> migrations.RunSQL:
    """Refuse to change, delete or empty the rows of a table."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION kit_refuse_change();
        CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION kit_refuse_change();
        """,
        f"DROP TRIGGER {table}_append_only ON {table}; DROP TRIGGER {table}_not_emptied ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("kit", "0002_append_only")]
    operations = [migrations.RunSQL(CHECKS, FORGET), *(append_only(table) for table in APPEND_ONLY)]
