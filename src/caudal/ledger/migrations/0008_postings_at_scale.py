"""Lines are held against their own entry alone, however many there are, and a pillar has no index that nobody reads."""

import django.db.models.deletion
from django.db import migrations, models

BELONG = """
CREATE OR REPLACE FUNCTION ledger_postings_belong() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT a.entry_id FROM added AS a) AS of_entry
        JOIN ledger_journalentry AS e ON e.id = of_entry.entry_id
        {lines}
    ) THEN
        RAISE EXCEPTION 'lines are posted with their entry, on its day'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_postings_belong';
    END IF;
    RETURN NULL;
END $$;
"""
# A join invites a plan that reads the whole table; counted apart, the lines of each entry are found by its key.
APART = """CROSS JOIN LATERAL (
            SELECT count(*) AS lines, bool_or(l.day <> e.day) AS apart
            FROM ledger_journalposting AS l WHERE l.entry_id = e.id
        ) AS has
        WHERE has.lines > e.posting_count OR has.apart"""
JOINED = """JOIN ledger_journalposting AS l ON l.entry_id = e.id
        GROUP BY e.id HAVING count(*) > e.posting_count OR bool_or(l.day <> e.day)"""
INDEX = "ledger_journalposting_pillar_id_51aff189"
PILLAR = models.ForeignKey(
    "workspace.pillar", django.db.models.deletion.PROTECT, null=True, related_name="+", db_index=False
)


class Migration(migrations.Migration):
    """The guard anew, and an index fewer."""

    atomic = False

    dependencies = [
        ("ledger", "0007_confirmations"),
    ]

    operations = [
        migrations.RunSQL(BELONG.format(lines=APART), BELONG.format(lines=JOINED)),
        migrations.RunSQL(
            f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}",
            f"CREATE INDEX CONCURRENTLY {INDEX} ON ledger_journalposting (pillar_id)",
            state_operations=[migrations.AlterField(model_name="journalposting", name="pillar", field=PILLAR)],
        ),
    ]
