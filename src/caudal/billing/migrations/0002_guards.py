"""What the database holds, whoever writes: terms and issued documents stay as they are, and documents add up.

A draft may be put together and thrown away. Once a document is issued, only whether it was sent, paid or voided is
written on it, and a line only lets its obligation go when its document is void.
"""

from django.db import migrations

APPEND_ONLY = ("billing_partysnapshot", "billing_subscriptionchange", "billing_taxrate")
FIXED = """customer_id, contract_id, entity_id, sort, number, corrects_id, reason, currency, language, due_from, issue_day,
    due_day, seller_id, buyer_id, reference, money_policy, line_count, net_minor, tax_minor, gross_minor, finalised_at,
    deleted_at"""
LINE_FIXED = """id, invoice_id, position, sort, source, obligation, revision, corrects_id, charge_id, pillar_id, stream,
    text, unit, quantity, share, whole_minor, net_minor, tax_category, tax_percent, due_at, service_start, service_end,
    pattern, price_number, waterfall, usage_as_of"""
GUARDS = f"""
CREATE TRIGGER billing_invoice_fixed BEFORE UPDATE OF {FIXED} ON billing_invoice
    FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION kit_refuse_change();

CREATE FUNCTION billing_invoice_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'void' OR (OLD.state = 'final' AND NEW.state = 'draft')
        OR (OLD.sent_at IS NOT NULL AND NEW.sent_at IS NULL) THEN
        RAISE EXCEPTION 'an issued document is only sent or voided, and a void one is nothing any more'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'billing_invoice_goes_on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_invoice_goes_on BEFORE UPDATE OF state, sent_at ON billing_invoice
    FOR EACH ROW EXECUTE FUNCTION billing_invoice_goes_on();
CREATE TRIGGER billing_invoice_stays BEFORE DELETE ON billing_invoice
    FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION kit_refuse_change();

CREATE FUNCTION billing_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT i.state FROM billing_invoice AS i WHERE i.id = OLD.invoice_id) <> 'draft' THEN
        RAISE EXCEPTION 'a line of an issued document stays as it is'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'billing_line_stays';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_line_stays BEFORE DELETE OR UPDATE OF {LINE_FIXED} ON billing_invoiceline
    FOR EACH ROW EXECUTE FUNCTION billing_line_stays();

CREATE FUNCTION billing_line_lets_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.holds OR (SELECT i.state FROM billing_invoice AS i WHERE i.id = OLD.invoice_id) = 'final' THEN
        RAISE EXCEPTION 'a line lets its obligation go when its document is void, and for good'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'billing_line_lets_go';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_line_lets_go BEFORE UPDATE OF holds ON billing_invoiceline
    FOR EACH ROW WHEN (OLD.holds <> NEW.holds) EXECUTE FUNCTION billing_line_lets_go();

CREATE FUNCTION billing_tax_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT i.state FROM billing_invoice AS i WHERE i.id = OLD.invoice_id) <> 'draft' THEN
        RAISE EXCEPTION 'the taxes of an issued document stay as they are'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'billing_tax_stays';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_tax_stays BEFORE UPDATE OR DELETE ON billing_invoicetax
    FOR EACH ROW EXECUTE FUNCTION billing_tax_stays();

CREATE FUNCTION billing_invoice_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines bigint;
    net bigint;
    taxable bigint;
    tax bigint;
BEGIN
    SELECT count(*), coalesce(sum(l.net_minor), 0) INTO lines, net
    FROM billing_invoiceline AS l WHERE l.invoice_id = NEW.id;
    SELECT coalesce(sum(t.taxable_minor), 0), coalesce(sum(t.tax_minor), 0) INTO taxable, tax
    FROM billing_invoicetax AS t WHERE t.invoice_id = NEW.id;
    IF NEW.state <> 'draft' AND (
        lines <> NEW.line_count OR net <> NEW.net_minor OR taxable <> NEW.net_minor OR tax <> NEW.tax_minor
    ) THEN
        RAISE EXCEPTION 'document %: % lines of %, net % of %, taxed %, tax % of %', NEW.id, lines, NEW.line_count,
            net, NEW.net_minor, taxable, tax, NEW.tax_minor
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_invoice_lines_add_up';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_invoice_lines_add_up AFTER INSERT OR UPDATE OF state ON billing_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_invoice_adds_up();

CREATE FUNCTION billing_lines_belong() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT a.invoice_id FROM added AS a) AS of_document
        JOIN billing_invoice AS i ON i.id = of_document.invoice_id AND i.state <> 'draft'
        JOIN billing_invoiceline AS l ON l.invoice_id = i.id
        GROUP BY i.id HAVING count(*) > i.line_count
    ) THEN
        RAISE EXCEPTION 'lines are written with their document'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_lines_belong';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER billing_lines_belong AFTER INSERT ON billing_invoiceline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION billing_lines_belong();
"""
FORGET = """
DROP TRIGGER billing_lines_belong ON billing_invoiceline;
DROP FUNCTION billing_lines_belong();
DROP TRIGGER billing_invoice_lines_add_up ON billing_invoice;
DROP FUNCTION billing_invoice_adds_up();
DROP TRIGGER billing_tax_stays ON billing_invoicetax;
DROP FUNCTION billing_tax_stays();
DROP TRIGGER billing_line_lets_go ON billing_invoiceline;
DROP FUNCTION billing_line_lets_go();
DROP TRIGGER billing_line_stays ON billing_invoiceline;
DROP FUNCTION billing_line_stays();
DROP TRIGGER billing_invoice_stays ON billing_invoice;
DROP TRIGGER billing_invoice_goes_on ON billing_invoice;
DROP FUNCTION billing_invoice_goes_on();
DROP TRIGGER billing_invoice_fixed ON billing_invoice;
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
    dependencies = [("billing", "0001_initial"), ("kit", "0002_append_only")]
    operations = [migrations.RunSQL(GUARDS, FORGET), *(append_only(table) for table in APPEND_ONLY)]
