"""What of a line is revenue by a day, computed where the rows are: as `caudal.core.recognition` says, to the unit."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION billing_months(first date, until date, OUT whole int, OUT days int, OUT length int)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT months.whole, until - turn.begun, turn.ends - turn.begun
    FROM (
        SELECT (12 * (extract(year FROM until) - extract(year FROM first))
            + extract(month FROM until) - extract(month FROM first))::int AS apart
    ) calendar
    CROSS JOIN LATERAL (
        SELECT calendar.apart
            - CASE WHEN (first + make_interval(months => calendar.apart))::date > until THEN 1 ELSE 0 END AS whole
    ) months
    CROSS JOIN LATERAL (
        SELECT (first + make_interval(months => months.whole))::date AS begun,
            (first + make_interval(months => months.whole + 1))::date AS ends
    ) turn
$$;
COMMENT ON FUNCTION billing_months IS 'How many months of its own a stretch from a day holds, and days of the next one.';

CREATE FUNCTION billing_earned_by_month(amount bigint, first date, ends date, until date) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT round(
        amount::numeric * (part.whole * part.length + part.days) * entire.length
        / ((entire.whole * entire.length + entire.days) * part.length)::numeric
    )::bigint
    FROM billing_months(first, until) part, billing_months(first, ends) entire
$$;

CREATE FUNCTION billing_earned(amount bigint, pattern text, first date, ends date, zone text, until date) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN pattern = 'at_start' THEN CASE WHEN until > first THEN amount ELSE 0 END
        WHEN until <= first THEN 0
        WHEN until >= ends THEN amount
        WHEN pattern = 'at_end' THEN 0
        WHEN pattern = 'by_month' THEN billing_earned_by_month(amount, first, ends, until)
        WHEN pattern = 'by_second' THEN round(
            amount::numeric
            * extract(epoch FROM (until::timestamp AT TIME ZONE zone) - (first::timestamp AT TIME ZONE zone))
            / extract(epoch FROM (ends::timestamp AT TIME ZONE zone) - (first::timestamp AT TIME ZONE zone))
        )::bigint
        ELSE round(amount::numeric * (until - first) / (ends - first))::bigint
    END
$$;
COMMENT ON FUNCTION billing_earned IS 'What of an amount is revenue before a day begins, a half away from zero.';

CREATE FUNCTION billing_earning() RETURNS TABLE (
    line_id uuid, invoice_id uuid, "position" int, source uuid, obligation varchar, "text" varchar, stream varchar,
    pillar_id uuid, pattern varchar, quantity numeric, entity_id uuid, customer_id uuid, currency varchar,
    issue_day date, state varchar, zone varchar, first date, ends date, amount bigint, is_deferred boolean,
    void_from date, told bigint, told_in date
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT line.id, line.invoice_id, line.position, line.source, line.obligation, line.text, line.stream,
        line.pillar_id, line.pattern, line.quantity, doc.entity_id, doc.customer_id, doc.currency,
        doc.issue_day, doc.state, place.zone, days.first, greatest(days.ends, days.first + 1),
        CASE doc.sort WHEN 'credit_note' THEN -line.net_minor ELSE line.net_minor END,
        CASE line.pattern WHEN 'at_start' THEN (line.service_start AT TIME ZONE 'UTC')::date
            ELSE (line.service_end AT TIME ZONE 'UTC')::date END > doc.issue_day,
        (doc.voided_at AT TIME ZONE place.zone)::date, told.minor, told.month
    FROM billing_invoiceline line
    JOIN billing_invoice doc ON doc.id = line.invoice_id
    LEFT JOIN billing_subscription taken ON taken.id = line.source
    LEFT JOIN billing_order placed ON placed.id = line.source
    CROSS JOIN LATERAL (SELECT coalesce(taken.zone, placed.zone, 'UTC') AS zone) place
    CROSS JOIN LATERAL (
        SELECT (line.service_start AT TIME ZONE place.zone)::date AS first,
            (line.service_end AT TIME ZONE place.zone)::date AS ends
    ) days
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(row.amount_minor), 0)::bigint AS minor, max(row.month) AS month
        FROM billing_recognisedrow row WHERE row.line_id = line.id
    ) told
    WHERE doc.state IN ('final', 'void') AND line.net_minor <> 0
$$;
COMMENT ON FUNCTION billing_earning IS
    'Lines of issued documents as revenue: for which days, by which pattern, and what was told of them so far.';
"""
DROP = """
DROP FUNCTION billing_earning();
DROP FUNCTION billing_earned(bigint, text, date, date, text, date);
DROP FUNCTION billing_earned_by_month(bigint, date, date, date);
DROP FUNCTION billing_months(date, date);
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_recognition")]
    operations = [migrations.RunSQL(FUNCTIONS, DROP)]
